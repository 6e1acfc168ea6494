// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>A machine, a registry that it reaches, and images in it: two pages, and services that fail.</summary>
public sealed class MachineFixture : IAsyncLifetime
{
    private DriftProcess? _registry;
    private int _applications;

    /// <summary>The machine.</summary>
    public TestMachine Machine { get; private set; } = null!;

    /// <summary>Temporary files of this run.</summary>
    public TemporaryDirectory Folder { get; } = new();

    /// <summary>The registry, for example <c>10.200.1.1:40001</c>.</summary>
    public string Registry { get; private set; } = "";

    /// <summary>What each site answers at <c>/</c>.</summary>
    public static byte[] Page(string name) => Encoding.UTF8.GetBytes($"<!doctype html><title>{name}</title><h1>{name}</h1>\n");

    /// <summary>The reference of an image: <c>one</c>, <c>two</c>, <c>silent</c>, <c>slow</c>, <c>broken</c> or <c>foreign</c>.</summary>
    public string Reference(string name) => $"{Registry}/{name}:1";

    /// <summary>A port that no other test uses.</summary>
    public int NewPort() => 9000 + (10 * Interlocked.Increment(ref _applications));

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        Machine = await TestMachine.StartAsync(cancelled);
        _registry = await DriftTool.ServeRegistryAsync(Folder.Combine("registry"), cancelled, "--listen", Machine.Neighbour, "--open");
        Registry = _registry.Address;
        var here = Drift.Oci.Platform.ThisMachine.ToString();
        foreach (var name in new[] { "one", "two", "three", "four" }) await BuildAsync(Site(name), Reference(name), here);
        await BuildAsync(Site("one"), Reference("foreign"), here == "linux/amd64" ? "linux/arm64" : "linux/amd64");
        await FailingImages.BuildAsync(this, cancelled);
    }

    /// <summary>A folder with one page.</summary>
    public string Site(string name)
    {
        File.WriteAllBytes(Folder.Write(Path.Combine(name, "index.html"), ""), Page(name));
        return Folder.Combine(name);
    }

    /// <summary>Builds a folder into the registry.</summary>
    public Task BuildAsync(string folder, string reference, string platform) =>
        DriftTool.JsonAsync(["build", folder, "--platform", platform, "--insecure", Registry, "--output", reference], TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_registry is not null) await _registry.DisposeAsync();
        if (Machine is not null) await Machine.DisposeAsync();
        Folder.Dispose();
    }
}
