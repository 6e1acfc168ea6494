// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using Drift.Distribution;

namespace Drift.Deployment;

/// <summary>A program in namespaces of its own, as a child of <c>unshare</c>.</summary>
internal sealed class NamespacedProcess : RunningImage
{
    private readonly Process _unshare;
    private readonly TemporaryDirectory _directory;

    public NamespacedProcess(Process unshare, TemporaryDirectory directory, Action<string> output)
    {
        _unshare = unshare;
        _directory = directory;
        Lines.Forward(unshare, output);
        Exited = WaitAsync();
    }

    public override Task<int> Exited { get; }

    public override async ValueTask DisposeAsync()
    {
        // unshare itself ignores SIGTERM while it waits; the program is its only child.
        foreach (var child in Children()) Tool.Terminate(child);
        try
        {
            await Exited.WaitAsync(StopTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // --kill-child takes the program, process 1 of its namespace, and with it all that it started.
            _unshare.Kill();
            await Exited.ConfigureAwait(false);
        }
        _unshare.Dispose();
        _directory.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await _unshare.WaitForExitAsync().ConfigureAwait(false);
        return _unshare.ExitCode;
    }

    private int[] Children()
    {
        try
        {
            var pid = _unshare.Id.ToString(CultureInfo.InvariantCulture);
            return [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return [];
        }
    }
}
