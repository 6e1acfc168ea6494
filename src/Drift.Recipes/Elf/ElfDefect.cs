// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>How a program differs from what every kernel can load and what protects its memory.</summary>
/// <param name="Id">Its number as a finding.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do about it.</param>
internal sealed record ElfDefect(FindingId Id, string Message, string Hint)
{
    private const ulong LargestPage = 64 * 1024;

    /// <summary>The defects of a program.</summary>
    /// <param name="elf">The program.</param>
    /// <param name="name">How to name it.</param>
    public static IEnumerable<ElfDefect> Of(ElfFile elf, string name)
    {
        var loaded = elf.Segments.Where(segment => segment.Type == ElfSegmentType.Load).ToArray();
        // Kernels of some distributions for AArch64 have pages of 64 KiB, and map segments only at multiples of that.
        if (elf.Machine == ElfMachine.AArch64 && loaded.Any(segment => segment.Alignment < LargestPage || (segment.Offset - segment.Address) % LargestPage != 0))
        {
            yield return new ElfDefect(FindingId.PageAlignment, $"{name} has segments that are not aligned to 64 KiB; it does not start on kernels with such pages.", "Link it with -z max-page-size=65536.");
        }
        var stack = elf.Segments.FirstOrDefault(segment => segment.Type == ElfSegmentType.GnuStack);
        if (stack is null) yield return new ElfDefect(FindingId.ExecutableStack, $"{name} does not say that its stack is not to be executed: it has no PT_GNU_STACK.", "Link it with -z noexecstack.");
        else if (stack.Flags.HasFlag(ElfSegmentFlags.Execute)) yield return new ElfDefect(FindingId.ExecutableStack, $"{name} has a stack that may be executed.", "Link it with -z noexecstack.");
        if (loaded.Any(segment => segment.Flags.HasFlag(ElfSegmentFlags.Write | ElfSegmentFlags.Execute)))
        {
            yield return new ElfDefect(FindingId.WritableCode, $"{name} has memory that may be both written and executed.", "Put code and what is written to into different sections, with the flags \"ax\" and \"aw\".");
        }
    }
}
