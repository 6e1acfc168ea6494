// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>The tool's own image, built by the tool, does in a container what the tool does.</summary>
public sealed class ToolImageTests(PublishedSite site) : IClassFixture<PublishedSite>, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private DockerEngine _docker = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _docker = await DockerEngine.StartAsync(Cancelled, isAlone: true);

    public ValueTask DisposeAsync() => _docker is null ? ValueTask.CompletedTask : _docker.DisposeAsync();

    [Fact]
    public async Task It_builds_the_image_that_the_tool_builds()
    {
        const string Tool = "drift-cli:1";
        var runtime = site.Reference.Split('/')[0] + "/runtime:1";
        await BuildBaseAsync(runtime);
        var archive = site.Folder.Combine("tool.tar");
        (await ProcessRun.RunAsync(ProjectRoot.Combine("eng", "tool-image"), [$"docker-archive:{archive}:{Tool}", "--base", runtime, "--platform", Platform.ThisMachine.ToString()], timeout: Limit, cancellationToken: Cancelled)).EnsureSuccess();
        await DockerAsync("load", "--input", archive);

        var folder = Directory.CreateDirectory(site.Folder.Combine("work")).FullName;
        site.Folder.Write("work/public/index.html", "<!doctype html><title>Drift</title>\n");
        string[] run = ["run", "--rm", "--network", "none", "--user", "0:0", "--cap-drop", "ALL", "--read-only", "--tmpfs", "/tmp", "--volume", $"{folder}:/work", "--workdir", "/work", Tool];
        Assert.Equal((await DriftTool.RunAsync(["--version"], Cancelled)).Output, await DockerAsync([.. run, "--version"]));
        await DockerAsync([.. run, "build", "public", "--output", "oci:inside:1"]);
        Assert.Equal(await DigestAsync("build", $"{folder}/public", "--output", $"oci:{folder}/outside:1"), await DigestAsync("inspect", $"oci:{folder}/inside:1"));
    }

    /// <summary>What Microsoft's image with the runtime has, from this machine.</summary>
    private async Task BuildBaseAsync(string reference)
    {
        Directory.CreateDirectory(site.Folder.Combine("runtime/dotnet"));
        const string Copy = """
            set -e
            home=$(dirname "$(readlink -f "$(command -v dotnet)")")
            cp -R "$home/shared" "$home/host" "$home/dotnet" dotnet/
            # .NET opens these two by name.
            ssl=$(/sbin/ldconfig -p | awk '/lib(ssl|crypto)\.so\.3 / { print $NF }')
            printf '%s\n' "$ssl" | xargs cp -L --parents -t .
            ldd $ssl "$home"/dotnet "$home"/shared/Microsoft.NETCore.App/*/lib*.so | awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/.*ld-linux" { print $1 }' | sort -u | xargs cp -L --parents -t .
            """;
        (await ProcessRun.RunAsync("sh", ["-c", Copy], workingDirectory: site.Folder.Combine("runtime"), cancellationToken: Cancelled)).EnsureSuccess();
        var libraries = Directory.GetDirectories(site.Folder.Combine("runtime")).Select(Path.GetFileName).Where(name => name != "dotnet");
        site.Folder.Write("runtime/drift.yaml", $"""
            recipe: files
            base: scratch
            environment:
              PATH: /usr/share/dotnet
              DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1"
            layers:
              - from: dotnet
                to: /usr/share/dotnet
                keep-modes: true
            {string.Concat(libraries.Select(name => $"  - from: {name}\n    to: /{name}\n    keep-modes: true\n"))}
            """);
        await DriftTool.JsonAsync(["build", site.Folder.Combine("runtime"), "--output", reference], Cancelled);
    }

    private static async Task<string> DigestAsync(params string[] arguments)
    {
        var report = await DriftTool.JsonAsync(arguments, Cancelled);
        return (report.TryGetProperty("root", out var root) ? root : report).GetProperty("digest").GetString()!;
    }

    private async Task<string> DockerAsync(params string[] arguments) => (await _docker.RunAsync(arguments, Cancelled)).EnsureSuccess().Output;
}
