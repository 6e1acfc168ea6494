// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace Drift.Recipes;

/// <summary>The names of an ELF file's sections: what the linker left of the compiler that made it.</summary>
internal static class ElfSectionNames
{
    private const int MaximumNames = 1024 * 1024;
    private const int Offset = 24;
    private const int Size = 32;

    /// <summary>Reads them; none when the file has no sections, is damaged, or is no 64-bit ELF file.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        using var file = File.OpenRead(path);
        var header = new byte[ElfFormat.HeaderSize];
        if (!TryRead(file, 0, header) || !header.AsSpan().StartsWith(ElfFormat.Magic) || header[ElfFormat.Class] != 2 || header[ElfFormat.Data] != 1) return [];
        var table = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(ElfFormat.SectionsOffset));
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(ElfFormat.SectionSize));
        var index = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(ElfFormat.SectionNames));
        var section = new byte[ElfFormat.HeaderSize];
        if (entrySize < section.Length || table > (ulong)file.Length || !TryRead(file, (long)table + index * entrySize, section)) return [];
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(section.AsSpan(Offset));
        var size = BinaryPrimitives.ReadUInt64LittleEndian(section.AsSpan(Size));
        if (size > MaximumNames || offset > (ulong)file.Length) return [];
        var names = new byte[size];
        return TryRead(file, (long)offset, names) ? Encoding.Latin1.GetString(names).Split('\0') : [];
    }

    private static bool TryRead(FileStream file, long offset, byte[] buffer)
    {
        file.Position = offset;
        return file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
    }
}
