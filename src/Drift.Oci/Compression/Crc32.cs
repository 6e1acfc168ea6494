// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Arm = System.Runtime.Intrinsics.Arm;

namespace Drift.Oci;

/// <summary>The CRC-32 of gzip (RFC 1952, section 8), of parts of a stream that are computed apart and combined.</summary>
internal static class Crc32
{
    // x^32 + x^26 + … + 1, its lowest power in the highest bit.
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The CRC of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        if (Pclmulqdq.IsSupported && bytes.Length >= 64)
        {
            var folded = bytes.Length & ~15;
            crc = Fold(bytes[..folded], crc);
            bytes = bytes[folded..];
        }
        else if (Arm.Crc32.Arm64.IsSupported)
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = Arm.Crc32.Arm64.ComputeCrc32(crc, word);
            bytes = bytes[(bytes.Length & ~7)..];
        }
        foreach (var b in bytes) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>The CRC of two parts, one after the other, from those of each.</summary>
    /// <param name="first">The CRC of the first part.</param>
    /// <param name="second">The CRC of the second part.</param>
    /// <param name="secondLength">The length of the second part in bytes.</param>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        // The first part's CRC is moved on by the second part's bits: multiplied by x^(8n), by repeated squaring.
        uint power = 0x00800000, product = 0x80000000;
        for (; secondLength > 0; secondLength >>= 1)
        {
            if ((secondLength & 1) != 0) product = Multiply(product, power);
            power = Multiply(power, power);
        }
        return Multiply(product, first) ^ second;
    }

    /// <summary>The product of two polynomials modulo the CRC's, the lowest power in the highest bit.</summary>
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = 0x80000000u; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0) product ^= b;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }
        return product;
    }

    /// <summary>
    /// Folds 64 bytes at a time by carry-less multiplication (Gopal and others, "Fast CRC Computation for Generic Polynomials Using
    /// PCLMULQDQ Instruction", Intel 2009; the constants are its, for this polynomial). The length is a multiple of 16, and at least 64.
    /// </summary>
    private static uint Fold(ReadOnlySpan<byte> bytes, uint crc)
    {
        var k1k2 = Vector128.Create(0x0154442bd4ul, 0x01c6e41596ul);
        var k3k4 = Vector128.Create(0x01751997d0ul, 0x00ccaa009eul);
        var k5 = Vector128.Create(0x0163cd6124ul, 0ul);
        var reduction = Vector128.Create(0x01db710641ul, 0x01f7011641ul);
        var low32 = Vector128.Create(0xfffffffful, 0xfffffffful);
        var words = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var a = words[0] ^ Vector128.CreateScalar((ulong)crc);
        var (b, c, d) = (words[1], words[2], words[3]);
        var i = 4;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Step(a, k1k2) ^ words[i];
            b = Step(b, k1k2) ^ words[i + 1];
            c = Step(c, k1k2) ^ words[i + 2];
            d = Step(d, k1k2) ^ words[i + 3];
        }
        a = Step(a, k3k4) ^ b;
        a = Step(a, k3k4) ^ c;
        a = Step(a, k3k4) ^ d;
        for (; i < words.Length; i++) a = Step(a, k3k4) ^ words[i];

        // 128 bits to 64, to 32 (Barrett's reduction).
        a = Pclmulqdq.CarrylessMultiply(a, k3k4, 0x10) ^ Sse2.ShiftRightLogical128BitLane(a, 8);
        a = Pclmulqdq.CarrylessMultiply(a & low32, k5, 0x00) ^ Sse2.ShiftRightLogical128BitLane(a, 4);
        var t = Pclmulqdq.CarrylessMultiply(a & low32, reduction, 0x10);
        t = Pclmulqdq.CarrylessMultiply(t & low32, reduction, 0x00) ^ a;
        return t.AsUInt32()[1];

        static Vector128<ulong> Step(Vector128<ulong> value, Vector128<ulong> k) =>
            Pclmulqdq.CarrylessMultiply(value, k, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, k, 0x11);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[i] = crc;
        }
        return table;
    }
}
