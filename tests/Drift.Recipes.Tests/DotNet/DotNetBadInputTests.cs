// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>Folders that cannot become an image, and files that mean harm.</summary>
public sealed class DotNetBadInputTests : IDisposable
{
    private readonly DotNetFolder _app = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("", "App.deps.json does not parse")]
    [InlineData("[]", "App.deps.json is not a JSON object")]
    [InlineData("{}", "App.deps.json names no runtimeTarget")]
    [InlineData("""{"runtimeTarget":{"name":7}}""", "names no runtimeTarget")]
    [InlineData("""{"runtimeTarget":{"name":"a\u001b[2J"}}""", "names no runtimeTarget")]
    [InlineData("""{"runtimeTarget":{"name":"x"},"targets":{"x":[]}}""", "has no target x")]
    [InlineData("""{"runtimeTarget":{"name":"\ud800"}}""", "does not parse")]
    [InlineData("""{"runtimeTarget":{"name":"x"},"targets":{"x":{"a\u001b[2J/1":{}}}}""", "a library whose name is not printable")]
    [InlineData("""{"runtimeTarget":{"name":"x/win-x64"},"targets":{"x/win-x64":{}}}""", "was published for win-x64")]
    [InlineData("""{"runtimeTarget":{"name":"x"},"targets":{"x":{"a/1":{"runtime":{"gone.dll":{}}}}}}""", "lacks gone.dll, which App.deps.json lists")]
    [InlineData("""{"runtimeTarget":{"name":"x"},"targets":{"x":{"a/1":{"runtime":{"app.dll":{}}}}}}""", "lacks app.dll, which App.deps.json lists; it has App.dll")]
    public async Task A_dependency_file_that_is_wrong_is_refused(string json, string message)
    {
        _app.WriteApp();
        _app.Write("App.deps.json", json);
        var error = await _app.FailAsync();
        Assert.Equal(ErrorCode.InvalidDotNetApp, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.EndsWith(".", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dependency_file_is_bounded_in_size_depth_and_number()
    {
        _app.WriteApp();
        _app.Write("App.deps.json", new string(' ', 16 * 1024 * 1024 + 1));
        Assert.Contains("is larger than 16777216 bytes", (await _app.FailAsync()).Message, StringComparison.Ordinal);
        _app.Write("App.deps.json", string.Concat(Enumerable.Repeat("""{"a":""", 1000)) + "1" + new string('}', 1000));
        Assert.Contains("does not parse", (await _app.FailAsync()).Message, StringComparison.Ordinal);
        var files = string.Join(',', Enumerable.Range(0, 200_001).Select(i => $"\"{i}\":{{}}"));
        _app.Write("App.deps.json", """{"runtimeTarget":{"name":"x"},"targets":{"x":{"a/1":{"native":{""" + files + "}}}}}");
        Assert.Contains("lists too many files", (await _app.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_and_links_lead_nowhere()
    {
        using var outside = new TemporaryDirectory();
        var secret = outside.Write("secret.dll", "secret");
        _app.AddAssets("Evil", "package", new JsonObject
        {
            ["native"] = new JsonObject { [secret] = new JsonObject { ["localPath"] = secret }, ["../x"] = new JsonObject { ["localPath"] = "../../etc/passwd" } },
            ["resources"] = new JsonObject { ["x.dll"] = new JsonObject { ["locale"] = "../.." } },
        });
        _app.WriteApp();
        Assert.Equal(["App 3.2.1"], (await _app.PackAsync()).Values.SelectMany(layer => layer.Contents));

        // A link stays one in the image; as a file that is read while the image is planned, it is refused.
        File.CreateSymbolicLink(Path.Combine(_app.Path, "secret.dll"), secret);
        Assert.Equal(4, (await _app.PackAsync()).Values.Single().FileCount);
        foreach (var name in new[] { "App.deps.json", "App.runtimeconfig.json" })
        {
            File.Delete(Path.Combine(_app.Path, name));
            File.CreateSymbolicLink(Path.Combine(_app.Path, name), "/dev/zero");
            Assert.Contains("is a link", (await _app.FailAsync()).Message, StringComparison.Ordinal);
            File.Delete(Path.Combine(_app.Path, name));
            _app.WriteApp();
        }
    }

    [Theory]
    [InlineData("{}", "has no runtimeOptions")]
    [InlineData("""{"runtimeOptions":{}}""", "names no framework")]
    [InlineData("""{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"latest/../../x"}}}""", "a framework without name and version")]
    [InlineData("""{"runtimeOptions":{"framework":{"name":"Microsoft.WindowsDesktop.App","version":"10.0.0"}}}""", "needs the framework Microsoft.WindowsDesktop.App")]
    [InlineData("""{"runtimeOptions":{"includedFrameworks":[{"name":"Microsoft.NETCore.App","version":"10.0.1"}]}}""", "is a self-contained app without an executable App")]
    public async Task A_runtime_configuration_that_is_wrong_is_refused(string json, string message)
    {
        _app.WriteApp();
        _app.Write("App.runtimeconfig.json", json);
        var error = await _app.FailAsync();
        Assert.Equal(ErrorCode.InvalidDotNetApp, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_apps_the_one_that_lists_the_others_is_meant()
    {
        _app.AddLibrary("Tool", "project");
        _app.Write("Tool.runtimeconfig.json", """{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"10.0.0"}}}""");
        _app.WriteApp();
        Assert.All(await _app.PlanAsync(), plan => Assert.Equal(["dotnet", "/app/App.dll"], plan.Image.Config.Entrypoint));
        _app.Write("Other.runtimeconfig.json", "{}");
        Assert.Contains("holds several apps: App, Other, Tool", (await _app.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task Many_libraries_are_told_apart_in_one_go()
    {
        _app.WriteApp();
        var listed = string.Join(',', Enumerable.Range(0, 9_999).Select(i => $"\"l{i}/1\":{{}}"));
        var described = string.Join(',', Enumerable.Range(0, 500_000).Select(i => $"\"m{i}/1\":{{}}"));
        _app.Write("App.deps.json", $"{{\"runtimeTarget\":\".NETCoreApp\",\"targets\":{{\".NETCoreApp\":{{{listed}}}}},\"libraries\":{{{described}}}}}");
        Assert.NotEmpty(await Task.Run(() => _app.PlanAsync(), Cancelled));
    }

    [Fact]
    public async Task An_app_that_needs_a_base_does_not_run_from_scratch()
    {
        _app.WriteApp();
        Assert.Contains("it needs a .NET runtime", (await _app.FailAsync("scratch")).Message, StringComparison.Ordinal);
        using var site = new TemporaryDirectory();
        site.Write("index.html", "<p>");
        Assert.Contains("takes no base", Assert.Throws<DriftException>(() => Recipe.Detect(site.Path, new RecipeOptions { Base = "alpine" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_file_whose_header_is_damaged_is_refused()
    {
        var host = await File.ReadAllBytesAsync("/bin/true", Cancelled);
        var file = new byte[host.Length + 200];
        host.CopyTo(file, 0);
        // The mark of the host: where the header is, and SHA-256 of ".net core bundle" with a line break.
        var (mark, header) = (host.Length, host.Length + 50);
        System.Security.Cryptography.SHA256.HashData(".net core bundle\n"u8).CopyTo(file, mark + 8);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(header), 6);
        file[header + 12] = 5;
        foreach (var (offset, size) in new[] { (100L, file.Length), (long.MaxValue, 1L), (-1, 1), (0, long.MaxValue), (0, -1), (0, 0) })
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(mark), header);
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(header + 13 + 5 + 16), offset);
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(header + 13 + 5 + 24), size);
            await File.WriteAllBytesAsync(Path.Combine(_app.Path, "App"), file, Cancelled);
            Assert.Matches(size == 0 ? "is a single-file app without .runtimeconfig.json" : "is a damaged single-file app", (await _app.FailAsync()).Message);
        }
        // A mark that leads nowhere is not the host's.
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(mark), long.MaxValue);
        await File.WriteAllBytesAsync(Path.Combine(_app.Path, "App"), file, Cancelled);
        Assert.IsType<ExecutableRecipe>(Recipe.Detect(_app.Path));
    }

    [Fact]
    public void A_project_leads_to_the_folder_that_it_is_published_to()
    {
        var project = _app.Write("App.csproj", "<Project/>");
        var error = Assert.Throws<DriftException>(() => Recipe.Detect(_app.Path));
        Assert.Contains("holds the project App.csproj", error.Message, StringComparison.Ordinal);
        Assert.Equal($"Run dotnet publish {project} -o {_app.Path}/out, then name the folder {_app.Path}/out.", error.Hint);
        _app.Write("bin/Release/net10.0/linux-x64/publish/App.dll", "");
        error = Assert.Throws<DriftException>(() => Recipe.Detect(_app.Path));
        Assert.Equal($"Name the folder that it was published to: {_app.Path}/bin/Release/net10.0/linux-x64/publish.", error.Hint);
    }
}
