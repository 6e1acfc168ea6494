// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

public sealed class AssemblyRecipeTests : IDisposable
{
    private const string Amd64 = ".globl _start\n_start:\n  mov $60, %eax\n  mov $EXIT, %edi\n  syscall\n";
    private const string Arm64 = ".globl _start\n_start:\n  mov x8, 93\n  mov x0, EXIT\n  svc 0\n";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Amd64, "linux/amd64")]
    [InlineData(Arm64, "linux/arm64")]
    public async Task Sources_in_the_folder_itself_are_for_the_processor_that_they_assemble_for(string source, string platform)
    {
        Need.Program("clang");
        _folder.Write("hello.S", source.Replace("EXIT", "7", StringComparison.Ordinal));
        var planned = Assert.Single(await PlanAsync());
        Assert.Equal(platform, planned.Image.Platform.ToString());
        Assert.InRange(planned.BinarySize!.Value, 100, 2000);
    }

    [Fact]
    public async Task Folders_of_architectures_share_what_they_include()
    {
        Need.Program("clang");
        _folder.Write("include/exit.inc", ".set EXIT, 3\n");
        _folder.Write("x86_64/start.s", ".include \"exit.inc\"\n" + Amd64);
        _folder.Write("arm64/start.S", "#include \"exit.inc\"\n" + Arm64);
        Assert.Equal(["linux/amd64", "linux/arm64"], (await PlanAsync()).Select(planned => planned.Image.Platform.ToString()));
        var only = Assert.Single(await PlanAsync(Platform.LinuxArm64));
        Assert.Equal(Platform.LinuxArm64, only.Image.Platform);
    }

    [Fact]
    public async Task Clang_and_NASM_make_one_program_of_which_drift_yaml_tells_the_entry_the_folders_and_the_macros()
    {
        Need.Program("clang");
        Need.Program("nasm");
        _folder.Write("drift.yaml", "source: src\nassembly:\n  entry: begin\n  include: [shared/of both]\n  define: { EXIT: 7, SIGN: '(-1)', EMPTY: '' }\n");
        _folder.Write("shared/of both/call.inc", "%define CALL 60\n");
        _folder.Write("shared/of both/call.h", "#define CALL 60\n");
        _folder.Write("src/start.S", "#include \"call.h\"\n.globl begin\nbegin:\n  mov $CALL EMPTY, %eax\n  mov $EXIT, %edi\n  jmp leave\n");
        _folder.Write("src/leave.asm", "%include \"call.inc\"\nglobal leave\nleave:\n  cmp eax, CALL EMPTY\n  jne leave\n  sub edi, EXIT + SIGN\n  syscall\n");
        var planned = Assert.Single(await PlanAsync());
        Assert.Equal(Platform.LinuxAmd64, planned.Image.Platform);
        Assert.Equal(1, await RunAsync(planned));
    }

    [Fact]
    public async Task NASM_for_AArch64_is_refused_where_its_image_is_wanted()
    {
        Need.Program("nasm");
        _folder.Write("x86_64/a.asm", "global _start\n_start:\n  mov eax, 60\n  mov edi, 5\n  syscall\n");
        _folder.Write("aarch64/a.asm", "nop\n");
        Assert.Equal(5, await RunAsync(Assert.Single(await PlanAsync(Platform.LinuxAmd64))));
        var error = await Assert.ThrowsAsync<DriftException>(() => PlanAsync());
        Assert.Equal("aarch64/a.asm is for linux/arm64, and NASM assembles for x86-64 alone.", error.Message);
        Assert.StartsWith("Write it for clang", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aarch64", "aarch64", 0x10000ul)]
    [InlineData("x86_64", "x86_64", 0x1000ul)]
    public async Task The_program_is_static_and_its_memory_protected_for_kernels_with_any_page_size(string folder, string machine, ulong alignment)
    {
        Need.Program("clang");
        _folder.Write($"{folder}/a.S", (machine == "aarch64" ? Arm64 : Amd64).Replace("EXIT", "0", StringComparison.Ordinal) + ".data\n.quad 1\n.bss\n.zero 8\n.section .rodata\n.quad 1\n");
        var program = await ProgramAsync(Assert.Single(await PlanAsync()));
        var elf = ElfFile.Parse(program, program.Length, "program");
        Assert.Null(elf.Interpreter);
        Assert.Equal(ElfType.Executable, elf.Type);
        Assert.Equal(ElfSegmentFlags.Read | ElfSegmentFlags.Write, Assert.Single(elf.Segments, segment => segment.Type == ElfSegmentType.GnuStack).Flags);
        var loaded = elf.Segments.Where(segment => segment.Type == ElfSegmentType.Load).ToArray();
        Assert.All(loaded, segment => Assert.Equal((alignment, 0ul), (segment.Alignment, (segment.Address - segment.Offset) % alignment)));
        Assert.DoesNotContain(loaded, segment => segment.Flags.HasFlag(ElfSegmentFlags.Write | ElfSegmentFlags.Execute));
        Assert.DoesNotContain(_folder.Path, System.Text.Encoding.Latin1.GetString(program), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_sources_in_another_folder_give_the_same_image()
    {
        Need.Program("clang");
        var digests = new List<Digest>();
        foreach (var folder in new[] { "one", "another/deeper" })
        {
            _folder.Write(folder + "/hello.S", Arm64.Replace("EXIT", "7", StringComparison.Ordinal));
            var planned = Assert.Single(await Recipe.Detect(_folder.Combine(folder)).PlanAsync([], new PackOptions(), Cancelled));
            digests.Add((await planned.Image.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled)).Descriptor.Digest);
        }
        Assert.Equal(digests[0], digests[1]);
    }

    private async Task<int> RunAsync(RecipeImage planned)
    {
        var path = _folder.Combine("program-to-run");
        await File.WriteAllBytesAsync(path + ".data", await ProgramAsync(planned), Cancelled);
        // Another process writes it: a file that this one has had open may be busy.
        (await ProcessRun.RunAsync("install", ["--mode=755", path + ".data", path], cancellationToken: Cancelled)).EnsureSuccess();
        return (await ProcessRun.RunAsync(path, [], cancellationToken: Cancelled)).ExitCode;
    }

    private static async Task<byte[]> ProgramAsync(RecipeImage planned)
    {
        var store = new Drift.Fuzz.MemoryImage();
        var packed = await planned.Image.PackAsync(store, new PackOptions { Compression = LayerCompression.None }, Cancelled);
        using var reader = new System.Formats.Tar.TarReader(new MemoryStream(store.Blob(Assert.Single(packed.Manifest.Layers))));
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.Name != "server") continue;
            using var bytes = new MemoryStream();
            await entry.DataStream!.CopyToAsync(bytes, Cancelled);
            return bytes.ToArray();
        }
        throw new InvalidOperationException("there is no program in the image");
    }

    private Task<IReadOnlyList<RecipeImage>> PlanAsync(params Platform[] platforms) => Recipe.Detect(_folder.Path).PlanAsync(platforms, new PackOptions(), Cancelled);
}
