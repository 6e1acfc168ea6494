// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>The project's own site, built for both platforms, in the embedded registry.</summary>
public sealed class PublishedSite : IAsyncLifetime
{
    private DriftProcess? _registry;

    /// <summary>Temporary files of this run.</summary>
    public TemporaryDirectory Folder { get; } = new();

    /// <summary>The reference that everyone pulls, for example <c>localhost:40001/site:1</c>.</summary>
    public string Reference { get; private set; } = "";

    /// <summary>The digest of the index.</summary>
    public string Digest { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        _registry = await DriftTool.ServeRegistryAsync(Folder.Combine("registry"), cancelled);
        Reference = _registry.Report.GetProperty("address").GetString() + "/site:1";
        Digest = (await DriftTool.JsonAsync(["build", "-o", Reference], cancelled)).GetProperty("digest").GetString()!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_registry is not null) await _registry.DisposeAsync();
        Folder.Dispose();
    }
}
