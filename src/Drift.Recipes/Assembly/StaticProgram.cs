// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What the linker made of assembly sources must run in an image from scratch, on every kernel.</summary>
internal static class StaticProgram
{
    /// <exception cref="DriftException">It would not, or its memory is not protected: <see cref="ErrorCode.InvalidExecutable"/>.</exception>
    public static void Ensure(ReadOnlySpan<byte> program, AssemblySources sources)
    {
        var name = $"The program of {sources.Directory} for {sources.Architecture.Platform}";
        var elf = ElfFile.Parse(program, program.Length, name);
        if (elf.Platform != sources.Architecture.Platform) throw Invalid($"{name} is for another processor.", "Assemble every source for the same one.");
        if (!elf.IsExecutable) throw Invalid($"{name} is no executable.", "Put its code into .text.");
        if (elf.Interpreter is { } interpreter) throw Invalid($"{name} needs the dynamic linker {interpreter}, which an image from scratch does not have.", "Take the section .interp out.");
        if (elf.Segments.Any(segment => segment.Type == ElfSegmentType.Dynamic)) throw Invalid($"{name} wants to be linked when it starts, and nothing in an image from scratch does that.", "Take the section .dynamic out.");
        foreach (var defect in ElfDefect.Of(elf, name)) throw Invalid(defect.Message, defect.Hint);
    }

    private static DriftException Invalid(string message, string hint) => new(ErrorCode.InvalidExecutable, message, hint);
}
