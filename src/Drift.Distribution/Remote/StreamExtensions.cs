// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What streams of blobs need besides.</summary>
internal static class StreamExtensions
{
    /// <summary>Reads past <paramref name="count"/> bytes, or to the end.</summary>
    public static async ValueTask SkipAsync(this Stream stream, long count, CancellationToken cancellationToken)
    {
        if (count == 0) return;
        var buffer = new byte[64 * 1024];
        while (count > 0 && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancellationToken).ConfigureAwait(false) is > 0 and var read) count -= read;
    }
}
