// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

public sealed class ExecutableRecipeTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_static_executable_becomes_the_image_of_its_processor()
    {
        await File.WriteAllBytesAsync(_folder.Combine("program"), PrebuiltServer.Read(Platform.LinuxArm64), Cancelled);
        var recipe = Recipe.Detect(_folder.Path);
        Assert.IsType<ExecutableRecipe>(recipe);
        Assert.Equal(Platform.LinuxArm64, Assert.Single(await recipe.PlanAsync([], new PackOptions(), Cancelled)).Image.Platform);
        Assert.Equal(ErrorCode.NotSupported, (await Assert.ThrowsAsync<DriftException>(() => recipe.PlanAsync([Platform.LinuxAmd64], new PackOptions(), Cancelled))).Code);
    }

    [Theory]
    [InlineData("dynamic", "dynamically linked: it needs /lib")]
    [InlineData("object", "is an object or a library")]
    public async Task What_cannot_run_in_an_image_from_scratch_is_refused(string kind, string message)
    {
        if (kind == "dynamic")
        {
            File.Copy("/bin/true", _folder.Combine("program"));
        }
        else
        {
            var source = _folder.Write("source/a.s", "nop\n");
            (await ProcessRun.RunAsync(Need.Program("clang"), ["-c", source, "-o", _folder.Combine("program")], cancellationToken: Cancelled)).EnsureSuccess();
        }
        var error = await Assert.ThrowsAsync<DriftException>(() => Recipe.Detect(_folder.Path).PlanAsync([], new PackOptions(), Cancelled));
        Assert.Equal(ErrorCode.InvalidExecutable, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_executables_are_not_guessed_between()
    {
        File.Copy("/bin/true", _folder.Combine("a"));
        File.Copy("/bin/true", _folder.Combine("b"));
        Assert.Equal(ErrorCode.UnrecognisedSource, Assert.Throws<DriftException>(() => Recipe.Detect(_folder.Path)).Code);
    }
}
