// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace Drift.Deployment;

/// <summary>Reads what a container prints, of which Docker puts pieces of both streams into frames: the stream's number in a byte, three of nothing, the length in four.</summary>
internal static class ContainerLog
{
    private const int Header = 8;
    private const int LongestLine = 16 * 1024;

    /// <summary>Passes each line on, until the end. A line without an end is cut into pieces.</summary>
    public static async Task ReadAsync(Stream log, Action<string> output, CancellationToken cancellationToken)
    {
        var header = new byte[Header];
        var buffer = new byte[LongestLine];
        // A piece of one stream may come amid a line of the other one.
        var lines = new[] { new MemoryStream(), new MemoryStream() };
        while (await log.ReadAtLeastAsync(header, Header, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == Header)
        {
            var line = lines[header[0] == 2 ? 1 : 0];
            var left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            while (left > 0)
            {
                var read = await log.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, (uint)buffer.Length)), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                left -= (uint)read;
                Add(buffer.AsSpan(0, read), line, output);
            }
            if (left > 0) break;
        }
        foreach (var line in lines.Where(line => line.Length > 0)) Flush(line, output);
    }

    private static void Add(ReadOnlySpan<byte> bytes, MemoryStream line, Action<string> output)
    {
        foreach (var value in bytes)
        {
            if (value != '\n') line.WriteByte(value);
            if (value == '\n' || line.Length >= LongestLine) Flush(line, output);
        }
    }

    private static void Flush(MemoryStream line, Action<string> output)
    {
        output(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r'));
        line.SetLength(0);
    }
}
