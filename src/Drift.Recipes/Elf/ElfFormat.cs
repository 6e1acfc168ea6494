// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>Where the fields of a 64-bit ELF file are: offsets and sizes in bytes (System V gABI, chapters 4 and 5).</summary>
internal static class ElfFormat
{
    internal const int HeaderSize = 64;
    internal const int Class = 4;
    internal const int Data = 5;
    internal const int IdentVersion = 6;
    internal const int Type = 16;
    internal const int Machine = 18;
    internal const int Entry = 24;
    internal const int SegmentsOffset = 32;
    internal const int SectionsOffset = 40;
    internal const int SegmentSize = 54;
    internal const int SegmentCount = 56;
    internal const int SectionSize = 58;
    internal const int SectionCount = 60;
    internal const int SectionNames = 62;

    internal const int ProgramHeaderSize = 56;
    internal const int ProgramFlags = 4;
    internal const int ProgramOffset = 8;
    internal const int ProgramAddress = 16;
    internal const int ProgramFileSize = 32;
    internal const int ProgramMemorySize = 40;
    internal const int ProgramAlignment = 48;

    internal static ReadOnlySpan<byte> Magic => [0x7f, (byte)'E', (byte)'L', (byte)'F'];
}
