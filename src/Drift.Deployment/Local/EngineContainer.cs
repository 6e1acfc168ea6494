// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using Drift.Distribution;

namespace Drift.Deployment;

/// <summary>A container of Docker or podman.</summary>
internal sealed class EngineContainer : RunningImage
{
    private readonly string _program;
    private readonly string _container;
    private readonly string? _imageToRemove;
    private readonly Process _logs;

    public EngineContainer(string program, string container, string? imageToRemove, Action<string> output)
    {
        _program = program;
        _container = container;
        _imageToRemove = imageToRemove;
        _logs = Tool.Start(program, ["logs", "--follow", container]);
        Lines.Forward(_logs, output);
        Exited = WaitAsync();
    }

    public override Task<int> Exited { get; }

    public override async ValueTask DisposeAsync()
    {
        await RunAsync("stop", "--time", StopTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture), _container).ConfigureAwait(false);
        await RunAsync("rm", "--force", _container).ConfigureAwait(false);
        if (_imageToRemove is not null) await RunAsync("image", "rm", "--force", _imageToRemove).ConfigureAwait(false);
        if (!_logs.HasExited) _logs.Kill(entireProcessTree: true);
        _logs.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        var result = await RunAsync("wait", _container).ConfigureAwait(false);
        return int.TryParse(result.Output.Trim(), CultureInfo.InvariantCulture, out var code) ? code : -1;
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => Tool.RunAsync(_program, arguments, CancellationToken.None);
}
