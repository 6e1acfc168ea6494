// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Docker or podman, by its command line. The container is as restricted as the images that Drift builds allow.</summary>
internal sealed class ContainerEngine(string program, EngineStore store) : LocalRuntime
{
    private bool IsPodman => Name == "podman";

    public override string Name => program;

    public override async Task<bool> IsAvailableAsync(CancellationToken cancellationToken = default)
    {
        if (Tool.Find(program) is null) return false;
        // The Docker command line may be there without an engine behind it; podman has no daemon.
        return IsPodman || (await Tool.RunAsync(program, ["version", "--format", "{{.Server.Version}}"], cancellationToken).ConfigureAwait(false)).ExitCode == 0;
    }

    private protected override async Task<RunningImage> StartAsync(RunRequest request, ImageManifest manifest, ImageConfig config, CancellationToken cancellationToken)
    {
        // The image's ID is the digest of its config, in both engines.
        var id = manifest.Config.Digest.ToString();
        var wasThere = (await Tool.RunAsync(program, ["image", "inspect", id], cancellationToken).ConfigureAwait(false)).ExitCode == 0;
        var port = ContainerPort(config);
        string? container = null;
        try
        {
            var image = await FetchAsync(request, id, cancellationToken).ConfigureAwait(false);
            var created = await RunAsync(
            [
                "create", "--publish", $"127.0.0.1:{request.Port}:{port}", "--env", $"PORT={port}",
                "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", .. PodmanRunOptions(), image,
            ], cancellationToken).ConfigureAwait(false);
            container = created.Output.Trim();
            await RunAsync(["start", container], cancellationToken).ConfigureAwait(false);
            return new EngineContainer(program, container, wasThere ? null : id, request.Output);
        }
        catch
        {
            if (container is not null) await Tool.RunAsync(program, ["rm", "--force", container], CancellationToken.None).ConfigureAwait(false);
            if (!wasThere) await Tool.RunAsync(program, ["image", "rm", "--force", id], CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Brings the image into the engine: pulled by digest from its registry, or loaded as an archive. Returns its name there.</summary>
    private async Task<string> FetchAsync(RunRequest request, string id, CancellationToken cancellationToken)
    {
        if (request.Repository is { } repository)
        {
            var name = $"{repository.Host}/{repository.Repository}@{request.Manifest.Digest}";
            var isPlain = new Uri($"http://{repository.Host}/").IsLoopback;
            await RunAsync(["pull", "--quiet", .. IsPodman && isPlain ? ["--tls-verify=false"] : Array.Empty<string>(), name], cancellationToken).ConfigureAwait(false);
            return name;
        }
        await store.LoadAsync(request.Source, request.Manifest, name: null, platform: null, cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>
    /// podman raises limits by default, which a root without CAP_SYS_RESOURCE may not; limits that nobody has to raise always work.
    /// </summary>
    private string[] PodmanRunOptions() => IsPodman
        ? [.. Tool.Find("runc") is null ? Array.Empty<string>() : ["--runtime", "runc"], "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1024:1024"]
        : [];

    /// <summary>The port that the image says it exposes, or 8080.</summary>
    private static int ContainerPort(ImageConfig config)
    {
        var exposed = config.Config?.ExposedPorts is [var first, ..] ? first.Split('/')[0] : "";
        return ushort.TryParse(exposed, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : 8080;
    }

    private async Task<ToolResult> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(program, arguments, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result : throw new DriftException(ErrorCode.RuntimeFailed,
            $"{program} {arguments[0]} failed: {result.Complaint}", "Choose another runtime with --runtime, for example namespaces.");
    }
}
