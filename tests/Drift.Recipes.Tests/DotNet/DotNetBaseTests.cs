// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>Which base and which platforms an app gets, and how it is run there.</summary>
public sealed class DotNetBaseTests : IDisposable
{
    private const string Web = """ "frameworks": [{ "name": "Microsoft.NETCore.App", "version": "10.0.0" }, { "name": "Microsoft.AspNetCore.App", "version": "10.0.0" }] """;
    private readonly DotNetFolder _app = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(""" "framework": { "name": "Microsoft.NETCore.App", "version": "9.0.4" } """, null, "mcr.microsoft.com/dotnet/runtime:9.0")]
    [InlineData(Web, null, "mcr.microsoft.com/dotnet/aspnet:10.0")]
    [InlineData(Web, "linux-musl-arm64", "mcr.microsoft.com/dotnet/aspnet:10.0-alpine")]
    [InlineData(""" "framework": { "name": "Microsoft.AspNetCore.App", "version": "11.0.0-preview.3.25" } """, null, "mcr.microsoft.com/dotnet/aspnet:11.0-preview")]
    public async Task The_framework_and_its_version_choose_Microsofts_image(string frameworks, string? runtime, string image)
    {
        _app.WriteApp(frameworks, runtime);
        var planned = await _app.PlanAsync();
        Assert.Equal(image, _app.Asked);
        Assert.All(planned, plan => Assert.Equal(["dotnet", "/app/App.dll"], plan.Image.Config.Entrypoint));
        await _app.PlanAsync("oci:mine");
        Assert.Equal("oci:mine", _app.Asked);
    }

    [Fact]
    public async Task An_app_that_runs_anywhere_has_every_platform_with_the_same_layers()
    {
        _app.AddLibrary("Package");
        _app.WriteApp();
        _app.Write("App", "the host for the machine that published it");
        var planned = await _app.PlanAsync();
        var packed = await new MultiPlatformImage(planned.Select(plan => plan.Image)).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        Assert.Equal(["linux/amd64", "linux/arm64"], packed.Images.Select(image => image.Config.Platform.ToString()));
        Assert.Equal(packed.Images[0].Manifest.Layers, packed.Images[1].Manifest.Layers);
        Assert.Equal(2, packed.Images[0].Manifest.Layers.Count);
        Assert.Equal(3, planned[0].Layers[^1].FileCount);
    }

    [Fact]
    public async Task Platforms_are_those_of_the_app_its_packages_and_its_base()
    {
        _app.WriteApp(runtime: "linux-arm64");
        Assert.Equal([Platform.LinuxArm64], await PlatformsAsync());
        Assert.Contains("not for linux/amd64: it was published for linux-arm64", (await _app.FailAsync(null, Platform.LinuxAmd64)).Message, StringComparison.Ordinal);

        _app.WriteApp();
        _app.Bases = [Image.Scratch(Platform.LinuxArm64)];
        Assert.Equal([Platform.LinuxArm64], await PlatformsAsync());
        Assert.Contains("the base image is not there for it", (await _app.FailAsync(null, Platform.LinuxArm64, Platform.LinuxAmd64)).Message, StringComparison.Ordinal);

        _app.Bases = [Image.Scratch(Platform.LinuxAmd64), Image.Scratch(Platform.LinuxArm64)];
        _app.Write("runtimes/linux-x64/native/code.so", "code");
        _app.AddAssets("Native", "package", new JsonObject { ["runtimeTargets"] = new JsonObject
        {
            ["runtimes/linux-x64/native/code.so"] = new JsonObject { ["rid"] = "linux-x64", ["assetType"] = "native" },
            ["runtimes/win-arm64/native/code.dll"] = new JsonObject { ["rid"] = "win-arm64", ["assetType"] = "native" },
        } });
        _app.WriteApp();
        Assert.Equal([Platform.LinuxAmd64], await PlatformsAsync());
        Assert.Contains("Native 1.0.0 has no machine code for it", (await _app.FailAsync(null, Platform.LinuxArm64)).Message, StringComparison.Ordinal);

        async Task<IEnumerable<Platform>> PlatformsAsync() => (await _app.PlanAsync()).Select(plan => plan.Image.Platform);
    }

    [Fact]
    public async Task What_the_base_sets_stays_and_the_rest_is_set_so_that_it_runs()
    {
        _app.WriteApp(Web);
        var config = await ConfigAsync(new ContainerConfig { Command = ["bash"] });
        Assert.Equal("65532:65532", config.User);
        Assert.Equal(["ASPNETCORE_HTTP_PORTS=8080"], config.Environment);
        Assert.Equal(["8080/tcp"], config.ExposedPorts);
        Assert.Null(config.Command);
        Assert.Equal("3.2.1", config.Labels!["org.opencontainers.image.version"]);

        config = await ConfigAsync(new ContainerConfig { Environment = ["APP_UID=1654", "ASPNETCORE_HTTP_PORTS=80;81"], StopSignal = "SIGQUIT", Labels = new Dictionary<string, string> { ["a"] = "b" } });
        Assert.Equal("1654", config.User);
        Assert.Equal(["APP_UID=1654", "ASPNETCORE_HTTP_PORTS=80;81"], config.Environment);
        Assert.Equal(["80/tcp", "81/tcp"], config.ExposedPorts);
        Assert.Equal("SIGQUIT", config.StopSignal);
        Assert.Equal("b", config.Labels!["a"]);

        config = await ConfigAsync(new ContainerConfig { User = "7", Environment = ["APP_UID=1654", "ASPNETCORE_URLS=http://+:5000"], ExposedPorts = ["5000/tcp"] });
        Assert.Equal("7", config.User);
        Assert.Equal(["APP_UID=1654", "ASPNETCORE_URLS=http://+:5000"], config.Environment);
        Assert.Equal(["5000/tcp"], config.ExposedPorts);

        async Task<ContainerConfig> ConfigAsync(ContainerConfig config)
        {
            _app.Bases = [Image.Scratch(Platform.LinuxAmd64).WithConfig(_ => config)];
            return Assert.Single(await _app.PlanAsync()).Image.Config;
        }
    }

    [Theory]
    [InlineData("-Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 -pie", "mcr.microsoft.com/dotnet/runtime-deps:10.0")]
    [InlineData("-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 -pie", "mcr.microsoft.com/dotnet/runtime-deps:10.0-alpine")]
    [InlineData("-static", null)]
    public async Task Machine_code_is_known_by_its_sections_and_keeps_its_other_files(string link, string? image)
    {
        var source = _app.Write("../" + Path.GetFileName(_app.Path) + ".s", ".globl _start\n_start: ret\n.section __managedcode,\"ax\"\nret\n");
        try
        {
            (await ProcessRun.RunAsync(Need.Program("clang"), ["--target=x86_64-linux-gnu", "-nostdlib", "-fuse-ld=lld", "-Wl,--entry=_start,-u,_start", .. link.Split(' '), source, "-o", Path.Combine(_app.Path, "Native")], cancellationToken: Cancelled)).EnsureSuccess();
        }
        finally
        {
            File.Delete(source);
        }
        _app.Write("appsettings.json", "{}");
        var plan = Assert.Single(await _app.PlanAsync());
        Assert.Equal(image, _app.Asked);
        Assert.Equal(Platform.LinuxAmd64, plan.Image.Platform);
        Assert.Equal(["/app/Native"], plan.Image.Config.Entrypoint);
        Assert.Equal(2, Assert.Single(plan.Layers).FileCount);
    }
}
