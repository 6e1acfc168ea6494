// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;

namespace Drift.Oci;

/// <summary>
/// Gives a decompressor a blob, and one more gzip member after it. .NET's GZipStream ends silently at a truncated member and at trailing
/// garbage alike; whether it comes to the additional member, and what it makes of it, tells how the blob ends.
/// </summary>
internal sealed class GzipFeed(Stream blob) : ReadOnlyStream
{
    /// <summary>What the additional member holds.</summary>
    public static ReadOnlySpan<byte> Mark => "the blob ends here"u8;

    private static readonly byte[] Member = Compress();
    private int _given;

    /// <summary>Whether the blob has any byte.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether the decompressor has asked for more than the blob has.</summary>
    public bool IsAtMark { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        if (!IsAtMark)
        {
            var read = await blob.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            HasContent |= read > 0;
            if (read > 0) return read;
            IsAtMark = true;
        }
        var count = Math.Min(buffer.Length, Member.Length - _given);
        Member.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    private static byte[] Compress()
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Mark);
        return member.ToArray();
    }
}
