// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>What the targets that read tar share.</summary>
internal static class TarTokens
{
    public static IReadOnlyList<string> All { get; } =
    [
        "../", "/", "..", "./", "a/b", ".wh.", ".wh..wh..opq", ".wh.a", "ustar\0" + "00", "ustar  \0", "0", "1", "2", "3", "5", "6", "7", "x", "g", "L", "K", "S", "\0",
        "12 path=ab/c\n", "13 size=4096\n", "28 size=9223372036854775807\n", "16 mtime=-1.5\n", "15 uid=300000\n", "30 SCHILY.xattr.user.a=value\n", "16 linkpath=/a\n", "77777777777", "\x80", "é",
        "12 mtime=NaN\n", "14 path=a\0b/c\n", "22 GNU.sparse.major=1\n",
    ];

    /// <summary>Gives every block that looks like a header the checksum that it should have.</summary>
    public static void Repair(byte[] archive)
    {
        for (var start = 0; start + TarFormat.BlockSize <= archive.Length; start += TarFormat.BlockSize)
        {
            var header = archive.AsSpan(start, TarFormat.BlockSize);
            if (!header[TarFormat.Magic].StartsWith("ustar"u8)) continue;
            Encoding.ASCII.GetBytes(Convert.ToString(TarFormat.ChecksumOf(header), 8).PadLeft(6, '0') + "\0 ", header[TarFormat.Checksum]);
        }
    }
}
