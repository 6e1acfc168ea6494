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
    public async Task An_error_names_the_file_and_the_line_in_clangs_words()
    {
        Need.Program("clang");
        _folder.Write("aarch64/a.S", Arm64.Replace("EXIT", "0", StringComparison.Ordinal));
        _folder.Write("aarch64/b.S", "// nothing\n\n  mov x0, bogus bogus\n");
        var error = await Assert.ThrowsAsync<DriftException>(() => PlanAsync());
        Assert.Equal(ErrorCode.AssemblyFailed, error.Code);
        Assert.Contains("aarch64/b.S:3:", error.Message, StringComparison.Ordinal);
        Assert.Contains("error: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_without_start_is_not_linked()
    {
        Need.Program("clang");
        _folder.Write("x86_64/a.S", "main: ret\n");
        var error = await Assert.ThrowsAsync<DriftException>(() => PlanAsync());
        Assert.Contains("_start", error.Message, StringComparison.Ordinal);
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

    private Task<IReadOnlyList<RecipeImage>> PlanAsync(params Platform[] platforms) => Recipe.Detect(_folder.Path).PlanAsync(platforms, new PackOptions(), Cancelled);
}
