// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class Crc32Tests
{
    [Fact]
    public void The_check_value_is_the_standards() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void Fast_and_plain_ways_agree_at_every_length()
    {
        var bytes = new byte[700];
        new Random(1).NextBytes(bytes);
        for (var length = 0; length <= bytes.Length; length++) Assert.Equal(Plain(bytes.AsSpan(0, length)), Crc32.Of(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Parts_combine_wherever_they_are_cut()
    {
        var bytes = new byte[5000];
        new Random(2).NextBytes(bytes);
        var whole = Crc32.Of(bytes);
        for (var cut = 0; cut <= bytes.Length; cut += 97)
        {
            Assert.Equal(whole, Crc32.Combine(Crc32.Of(bytes.AsSpan(0, cut)), Crc32.Of(bytes.AsSpan(cut)), bytes.Length - cut));
        }
    }

    /// <summary>Bit by bit, as RFC 1952 defines it.</summary>
    private static uint Plain(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
