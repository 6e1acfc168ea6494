// SPDX-License-Identifier: Apache-2.0

using System.Numerics;

namespace Drift.Oci;

/// <summary>The alphabets of deflate (RFC 1951, section 3.2.5): lengths and distances as symbols with extra bits.</summary>
internal static class DeflateFormat
{
    public const int WindowSize = 32 * 1024;
    public const int MinimumMatch = 3;
    public const int MaximumMatch = 258;
    public const int EndOfBlock = 256;
    public const int LiteralSymbols = 286;
    public const int DistanceSymbols = 30;
    public const int MaximumCodeLength = 15;

    /// <summary>The order in which the lengths of the code length code are written (section 3.2.7).</summary>
    public static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>For each length from 0 to 258: its symbol less 257 in the low 8 bits, the number of its extra bits, and their value.</summary>
    public static readonly uint[] Lengths = MakeLengths();

    /// <summary>The symbol of a distance from 1 to 32,768.</summary>
    public static int DistanceSymbol(int distance)
    {
        // Two symbols for each power of two: its exponent, and the bit below the highest.
        var d = (uint)(distance - 1);
        if (d < 4) return (int)d;
        var exponent = BitOperations.Log2(d);
        return (exponent << 1) + (int)((d >> (exponent - 1)) & 1);
    }

    /// <summary>How many extra bits follow a distance symbol; their value is the low bits of the distance less 1.</summary>
    public static int DistanceExtraBits(int symbol) => symbol < 2 ? 0 : (symbol >> 1) - 1;

    private static uint[] MakeLengths()
    {
        var lengths = new uint[MaximumMatch + 1];
        for (var length = MinimumMatch; length < MaximumMatch; length++)
        {
            var l = (uint)(length - MinimumMatch);
            if (l < 8)
            {
                lengths[length] = l;
                continue;
            }
            // Four symbols for each power of two.
            var bits = BitOperations.Log2(l) - 2;
            var symbol = (uint)(((bits + 1) << 2) + (int)((l >> bits) & 3));
            lengths[length] = symbol | ((uint)bits << 8) | ((l & ((1u << bits) - 1)) << 16);
        }
        // 258 has a symbol of its own.
        lengths[MaximumMatch] = 28;
        return lengths;
    }
}
