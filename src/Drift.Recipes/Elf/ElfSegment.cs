// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A program header of an ELF file; offsets, addresses and sizes are in bytes.</summary>
/// <param name="Type">What it describes.</param>
/// <param name="Flags">What may be done with its memory.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Address">Where they are mapped.</param>
/// <param name="FileSize">How many bytes the file has.</param>
/// <param name="MemorySize">How many bytes are mapped; what the file does not have is zero.</param>
/// <param name="Alignment">What <paramref name="Offset"/> and <paramref name="Address"/> are equal modulo.</param>
public sealed record ElfSegment(
    ElfSegmentType Type, ElfSegmentFlags Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment);
