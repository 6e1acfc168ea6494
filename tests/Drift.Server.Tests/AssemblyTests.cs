// SPDX-License-Identifier: Apache-2.0

using Drift.Recipes;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>What is in the executables comes from the sources alone, not from an assembler's taste, and is of the oldest processors.</summary>
public sealed class AssemblyTests
{
    public static TheoryData<string> Architectures => Architecture.Names;

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task GNU_as_makes_the_same_bytes_as_clang(string name)
    {
        using var directory = new TemporaryDirectory();
        var objects = new List<string>();
        string[] assembler = [Need.Program($"{name}-linux-gnu-as"), .. name == Architecture.X64.Name ? (string[])["-mshared"] : []];
        foreach (var source in new[] { "include", name }.SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.Server(folder), "*.S").Order(StringComparer.Ordinal)))
        {
            var file = directory.Combine(Path.GetFileName(source));
            objects.Add(file + ".o");
            await RunAsync("clang", [$"--target={name}-linux-gnu", "-E", "-I", "include", "-I", name, source, "-o", file + ".s"]);
            await RunAsync(assembler[0], [.. assembler[1..], file + ".s", "-o", objects[^1]]);
            // clang aligns code, which GNU as leaves to the source.
            await RunAsync("llvm-objcopy", ["--set-section-alignment", ".text=4", objects[^1]]);
        }
        var linked = directory.Combine("linked");
        var options = File.ReadLines(RepositoryRoot.Server("build")).Select(line => line.Trim(' ', '\\')).Where(line => line.StartsWith("-Wl,", StringComparison.Ordinal));
        await RunAsync("clang", [$"--target={name}-linux-gnu", "-nostdlib", "-static-pie", "-fuse-ld=lld", .. options, .. objects, "-o", linked]);
        Assert.Equal(await StripAsync(await WriteAsync(directory, name)), await StripAsync(linked));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Only_instructions_of_the_list_are_used(string name)
    {
        using var directory = new TemporaryDirectory();
        var code = await RunAsync("llvm-objdump", ["--disassemble", "--no-show-raw-insn", "--x86-asm-syntax=intel", await WriteAsync(directory, name)]);
        var used = code.Output.Split('\n').Where(line => line.Contains(":  ", StringComparison.Ordinal)).Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var list = File.ReadLines(Path.Combine(RepositoryRoot.Path, "tests", "Drift.Server.Tests", $"mnemonics-{name}.txt")).Where(line => line.Length > 0 && line[0] != '#');
        Assert.Equal(list.SelectMany(line => line.Split(' ')).Order(StringComparer.Ordinal), used);
    }

    private static async Task<string> WriteAsync(TemporaryDirectory directory, string name)
    {
        var path = directory.Combine("server");
        await File.WriteAllBytesAsync(path, PrebuiltServer.Read(Architecture.Of(name).Platform).ToArray());
        return path;
    }

    // Names of labels are no part of what runs.
    private static async Task<byte[]> StripAsync(string path)
    {
        await RunAsync("llvm-objcopy", ["--strip-all", path]);
        return await File.ReadAllBytesAsync(path);
    }

    private static async Task<ProcessRun> RunAsync(string program, IEnumerable<string> arguments) =>
        (await ProcessRun.RunAsync(Need.Program(program), arguments, workingDirectory: RepositoryRoot.Server(), cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
}
