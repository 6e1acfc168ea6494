// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>
/// The project's site as every kind of image that Drift makes, in a layout and in a registry, and the engines that run it. Each engine
/// starts with the first test that asks for it.
/// </summary>
public sealed class EnginesFixture : IAsyncLifetime
{
    private DriftProcess? _registry;
    private Task<DockerEngine>? _docker;
    private Task<Containerd>? _containerd;

    /// <summary>Temporary files of this run.</summary>
    public TestKit.TemporaryDirectory Folder { get; } = new();

    /// <summary>The layout with all images; the tags are <c>oci-gzip</c>, <c>docker-none</c> and so on.</summary>
    public string Layout => Folder.Combine("layout");

    /// <summary>The registry, for example <c>localhost:40001</c>.</summary>
    public string Registry { get; private set; } = "";

    /// <summary>What makes podman use storage of its own, so that the user's images are not touched.</summary>
    public IReadOnlyDictionary<string, string?> PodmanStorage => new Dictionary<string, string?>(StringComparer.Ordinal) { ["CONTAINERS_STORAGE_CONF"] = Folder.Combine("storage.conf") };

    /// <summary>The reference of one of the images in the registry.</summary>
    public string Reference(string format, string compression) => $"{Registry}/site:{format}-{compression}";

    public Task<DockerEngine> DockerAsync() => _docker ??= DockerEngine.StartAsync(CancellationToken.None);

    public Task<Containerd> ContainerdAsync() => _containerd ??= Containerd.StartAsync(CancellationToken.None);

    public Task<ProcessRun> PodmanAsync(params string[] arguments)
    {
        Need.Program("podman");
        Need.Program("runc");
        Need.That(Environment.IsPrivilegedProcess, "podman without root needs subordinate users, which not every machine has");
        return ProcessRun.RunAsync("podman", ["--runtime", "runc", .. arguments], environment: PodmanStorage, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        Folder.Write("storage.conf", $"[storage]\ndriver = \"overlay\"\ngraphroot = \"{Folder.Combine("podman")}\"\nrunroot = \"{Folder.Combine("podman-run")}\"\n");
        _registry = await DriftTool.ServeRegistryAsync(Folder.Combine("registry"), cancelled);
        Registry = _registry.Address;
        foreach (var compression in new[] { "gzip", "zstd", "none" })
        {
            await DriftTool.JsonAsync(["build", "--platform", "linux/amd64", "--compression", compression, "-o", $"oci:{Layout}:oci-{compression}"], cancelled);
            await PublishAsync(ImageFormat.Oci, compression, cancelled);
            // Docker's format has no name for zstd.
            if (compression != "zstd") await PublishAsync(ImageFormat.Docker, compression, cancelled);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_docker is { IsCompletedSuccessfully: true }) await (await _docker).DisposeAsync();
        if (_containerd is { IsCompletedSuccessfully: true }) await (await _containerd).DisposeAsync();
        if (_registry is not null) await _registry.DisposeAsync();
        await Mounts.DetachBelowAsync(Folder.Path);
        Folder.Dispose();
    }

    private async Task PublishAsync(ImageFormat format, string compression, CancellationToken cancelled)
    {
        var layout = OciLayout.Open(Layout);
        var root = await layout.ResolveAsync($"oci-{compression}", cancelled);
        var name = format == ImageFormat.Oci ? "oci" : "docker";
        var repository = Repository.Open(ImageReference.Parse(Reference(name, compression)));
        var published = await ImageConversion.ConvertAsync(layout, root, repository, format, cancelled);
        await repository.TagAsync(published, $"{name}-{compression}", cancelled);
        if (format == ImageFormat.Docker) await layout.TagAsync(await ImageConversion.ConvertAsync(layout, root, layout, format, cancelled), $"{name}-{compression}", cancelled);
    }
}
