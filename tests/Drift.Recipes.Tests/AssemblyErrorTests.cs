// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>What is wrong with assembly sources is told as compilers do, and what is linked is checked.</summary>
public sealed class AssemblyErrorTests : IDisposable
{
    private const string Amd64 = ".globl _start\n_start:\n  mov $60, %eax\n  mov $0, %edi\n  syscall\n";
    private const string Arm64 = ".globl _start\n_start:\n  mov x8, 93\n  mov x0, 0\n  svc 0\n";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("aarch64/b.S", "// nothing\n\n\tmov x0, bogus bogus\n", "aarch64/b.S:3:16: error: unexpected token in argument list\n     mov x0, bogus bogus\n                   ^")]
    [InlineData("x86_64/b.S", ".macro put value\n  mov \\value, %bogus\n.endm\n  put 1\n", "x86_64/b.S:4:3: error: invalid register name\n      put 1\n      ^")]
    [InlineData("x86_64/b.asm", "section .text\n  mov eax, [nosuch\n", "x86_64/b.asm:2: error: expecting ] at end of memory operand\n      mov eax, [nosuch")]
    [InlineData("x86_64/b.S", "lost:\n  call missing\n", "x86_64/b.S:2: error: undefined symbol: missing\n      call missing")]
    [InlineData("x86_64/b.S", "#include \"absent.inc\"\n", "x86_64/b.S:1:10: error: 'absent.inc' file not found\n    #include \"absent.inc\"\n             ^")]
    [InlineData("x86_64/b.asm", "%include \"absent.inc\"\n", "x86_64/b.asm:1: error: unable to open include file `absent.inc': No such file or directory\n    %include \"absent.inc\"")]
    [InlineData("x86_64/b.S", ".ascii __DATE__\n", "x86_64/b.S:1:8: error: expansion of date or time macro is not reproducible")]
    public async Task An_error_is_shown_with_its_place_and_the_line_of_the_source(string file, string source, string shown)
    {
        Need.Program("clang");
        Need.Program("nasm");
        _folder.Write("aarch64/a.S", Arm64);
        _folder.Write("x86_64/a.S", Amd64);
        _folder.Write(file, source);
        var error = await Assert.ThrowsAnyAsync<DriftException>(() => PlanAsync());
        Assert.Equal(ErrorCode.AssemblyFailed, error.Code);
        Assert.Contains(":\n" + shown, error.Message, StringComparison.Ordinal);
        Assert.Matches(@"^Correct line \d of \w+/b\.(S|asm)\.$", error.Hint);
    }

    [Fact]
    public async Task Thousands_of_errors_are_the_first_one_and_a_number()
    {
        Need.Program("clang");
        _folder.Write("x86_64/a.S", string.Concat(Enumerable.Repeat($"  mov {new string('a', 1000)} {new string('b', 1000)}\n", 2000)));
        var error = await Assert.ThrowsAnyAsync<DriftException>(() => PlanAsync());
        Assert.Contains("x86_64/a.S:1:", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"\nErrors after this one: \d+$", error.Message);
        Assert.InRange(error.Message.Length, 100, 1000);
    }

    [Fact]
    public async Task A_program_without_its_entry_is_not_linked()
    {
        Need.Program("clang");
        _folder.Write("x86_64/a.S", "main: ret\n");
        var error = await Assert.ThrowsAnyAsync<DriftException>(() => PlanAsync());
        Assert.Contains("cannot find entry symbol _start", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".section .interp, \"a\", @progbits\n.asciz \"/lib/ld.so\"\n", "needs the dynamic linker /lib/ld.so", ".interp")]
    [InlineData(".section .both, \"awx\", @progbits\nnop\n", "has memory that may be both written and executed", "\"aw\"")]
    public async Task A_program_that_is_linked_but_not_sound_is_refused(string source, string message, string hint)
    {
        Need.Program("clang");
        _folder.Write("a.S", Amd64 + source);
        var error = await Assert.ThrowsAsync<DriftException>(() => PlanAsync());
        Assert.Equal(ErrorCode.InvalidExecutable, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<RecipeImage>> PlanAsync() => Recipe.Detect(_folder.Path).PlanAsync([], new PackOptions(), Cancelled);
}
