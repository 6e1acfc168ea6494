// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Registry;

/// <summary>Content that is in the bucket: what the small file says that stands for it here.</summary>
/// <param name="Size">The size in bytes.</param>
/// <param name="Key">The object's key. Each time that content is stored it gets another one, so that deleting an old object never takes a new one.</param>
internal sealed record StoredObject(long Size, string Key)
{
    public static StoredObject? Parse(string? line) =>
        line?.Split(' ') is [var size, var key] && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && key.Length > 0
            ? new StoredObject(bytes, key)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Size} {Key}");
}
