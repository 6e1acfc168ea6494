// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;

namespace Drift.Oci.Tests;

/// <summary>A block that is a stream of its own, for readers with a small window.</summary>
public sealed class DeflateEncoderTests
{
    private const int Distance = 6000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(65536)]
    public void A_last_block_is_a_whole_stream(int length)
    {
        var content = SampleContent.Of("mixed", length);
        var packed = Encode(content, DeflateFormat.WindowSize);
        // .NET is silent about a stream that does not end: what comes after it must not be taken for a part of it.
        using var deflate = new DeflateStream(new MemoryStream([.. packed, .. packed]), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        deflate.CopyTo(unpacked);
        Assert.Equal(content, unpacked.ToArray());
    }

    [Theory]
    [InlineData(DeflateFormat.WindowSize, true)]
    [InlineData(Distance, true)]
    [InlineData(4096, false)]
    public void Matches_are_not_farther_away_than_the_window(int window, bool isFound)
    {
        // Nothing repeats but all of it.
        var half = SampleContent.Of("random", Distance);
        var packed = Encode([.. half, .. half], window);
        Assert.Equal(isFound, packed.Length < half.Length + half.Length / 2);
    }

    private static byte[] Encode(byte[] content, int window)
    {
        var output = new byte[DeflateEncoder.MaximumSize(content.Length)];
        return output[..new DeflateEncoder(window).Encode(content, 0, output, DeflateEffort.Thorough, isLast: true)];
    }
}
