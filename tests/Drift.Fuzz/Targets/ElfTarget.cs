// SPDX-License-Identifier: Apache-2.0

using Drift.Recipes;

namespace Drift.Fuzz;

/// <summary>ELF headers.</summary>
internal sealed class ElfTarget() : FuzzTarget("elf")
{
    public override IReadOnlyList<string> Tokens => ["\x7f" + "ELF\x02\x01\x01\0", "/lib64/ld-linux-x86-64.so.2\0", "\x01\0\0\0", "\x03\0\0\0", "\x3e\0", "\xb7\0"];

    public override Task<string> RunAsync(byte[] input)
    {
        var elf = ElfFile.Parse(input, input.Length, "input");
        Ensure(elf.Interpreter?.All(c => c is >= ' ' and <= '~') != false, "an interpreter's path has characters that move a cursor");
        return Task.FromResult($"{elf.Type} {elf.Machine} {elf.IsExecutable} {elf.Interpreter is not null}");
    }
}
