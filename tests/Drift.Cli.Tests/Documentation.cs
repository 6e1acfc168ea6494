// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>A site that others made, the documentation of Python: an image of it that runs, and the same folder behind Debian's nginx.</summary>
public sealed class Documentation : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private DriftProcess? _up;
    private Nginx? _nginx;
    private Task? _started;

    /// <summary>The folder that both serve.</summary>
    public string Site => _folder.Combine("python");

    /// <summary>Where the image's server answers.</summary>
    public Uri Drift => new(_up!.Report.GetProperty("url").GetString()!);

    /// <summary>Where nginx answers.</summary>
    public Uri Nginx => _nginx!.Address;

    /// <summary>Starts both with the first test that asks for it; skips it where something is missing.</summary>
    public Task StartAsync() => _started ??= StartBothAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_up is not null) await _up.DisposeAsync();
        if (_nginx is not null) await _nginx.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartBothAsync(CancellationToken cancellationToken)
    {
        var installed = Need.Folder("/usr/share/doc/python3-doc/html");
        // Its scripts are links to those of other packages, and links that leave a site's folder are refused.
        (await ProcessRun.RunAsync("cp", ["-rL", installed, Site], cancellationToken: cancellationToken)).EnsureSuccess();
        _nginx = await TestKit.Nginx.StartAsync(Site, cancellationToken);
        _up = await DriftTool.StartAsync(["up", Site, "--port", "0", "--runtime", "namespaces"], cancellationToken);
    }
}
