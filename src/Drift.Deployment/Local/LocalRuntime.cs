// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A way to run an image on this machine.</summary>
public abstract class LocalRuntime
{
    /// <summary>Its name on the command line: <c>docker</c>, <c>podman</c> or <c>namespaces</c>.</summary>
    public abstract string Name { get; }

    /// <summary>All runtimes, in the order in which they are tried.</summary>
    public static IReadOnlyList<LocalRuntime> All { get; } = [new ContainerEngine("docker", EngineStore.Docker), new ContainerEngine("podman", EngineStore.Podman), new NamespaceRuntime()];

    /// <summary>The runtime of a name.</summary>
    /// <exception cref="DriftException">There is none of that name.</exception>
    public static LocalRuntime Named(string name) => All.FirstOrDefault(runtime => runtime.Name == name)
        ?? throw new DriftException(ErrorCode.NotSupported, $"There is no runtime {name}.", "Use docker, podman or namespaces.");

    /// <summary>Whether it is installed and answers.</summary>
    public abstract Task<bool> IsAvailableAsync(CancellationToken cancellationToken = default);

    /// <summary>Starts the image. It may not have bound its port yet when this returns.</summary>
    public async Task<RunningImage> StartAsync(RunRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var bytes = await request.Source.ReadManifestAsync(request.Manifest, cancellationToken).ConfigureAwait(false);
        var manifest = OciJson.ReadManifest(bytes.Span, request.Manifest.Digest.ToString());
        var config = OciJson.ReadConfig(await request.Source.ReadSmallBlobAsync(manifest.Config, cancellationToken).ConfigureAwait(false), manifest.Config.Digest.ToString());
        return await StartAsync(request, manifest, config, cancellationToken).ConfigureAwait(false);
    }

    private protected abstract Task<RunningImage> StartAsync(RunRequest request, ImageManifest manifest, ImageConfig config, CancellationToken cancellationToken);
}
