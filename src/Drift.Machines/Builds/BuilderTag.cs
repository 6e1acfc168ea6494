// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Machines;

/// <summary>
/// The tag that every builder carries: until when it may run, and whose it is. A process that is killed cannot terminate its builder; the next one
/// does, once the time in the tag is over.
/// </summary>
internal static class BuilderTag
{
    /// <summary>The tag's name.</summary>
    public const string Name = "drift-builder";

    private const string Form = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>A value that no other build has.</summary>
    public static string NewValue(DateTimeOffset expires) => $"{expires.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture)}-{Guid.NewGuid().ToString("n")[..8]}";

    /// <summary>Whether a builder may run no longer. What is no value of ours is left alone.</summary>
    public static bool HasExpired(string? value, DateTimeOffset now) =>
        value?.Split('-')[0] is { } text && DateTime.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var expires) && expires < now.UtcDateTime;
}
