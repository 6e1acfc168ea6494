// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Starts an image with the runtime that was asked for, or with the first that works here.</summary>
internal static class RuntimeChoice
{
    public static async Task<(RunningImage Running, LocalRuntime Runtime)> StartAsync(string? named, Platform platform, RunRequest request, Printer printer, CancellationToken cancellationToken)
    {
        if (named is not null)
        {
            var chosen = LocalRuntime.Named(named);
            return (await chosen.StartAsync(request, cancellationToken).ConfigureAwait(false), chosen);
        }
        DriftException? failure = null;
        foreach (var runtime in LocalRuntime.All)
        {
            // An engine would need the emulator registered with the kernel; namespaces take it along.
            if (!platform.Serves(Platform.ThisMachine) && runtime.Name != "namespaces") continue;
            if (!await runtime.IsAvailableAsync(cancellationToken).ConfigureAwait(false)) continue;
            try
            {
                return (await runtime.StartAsync(request, cancellationToken).ConfigureAwait(false), runtime);
            }
            catch (DriftException e) when (e.Code == ErrorCode.RuntimeFailed)
            {
                printer.Step($"{e.Message}; trying the next runtime");
                failure = e;
            }
        }
        throw failure ?? new DriftException(ErrorCode.ToolMissing, "This machine has no container runtime.", "Install docker, podman or util-linux (unshare).");
    }
}
