// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;

namespace Drift.Cli;

/// <summary>What a deployment, or a rollback, came to on each machine.</summary>
internal sealed record VmDeployReport(IReadOnlyList<VmResult> Hosts)
{
    public void Print(Printer printer)
    {
        foreach (var host in Hosts)
        {
            printer.Line($"{host.Host}: {host.Outcome} {host.App} {host.Digest} at port {host.Front}{(host.Previous is { } previous && host.Outcome != "unchanged" ? $", before it {previous}" : "")}");
        }
    }
}
