// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;

namespace Drift.Cli;

/// <summary>What a cluster should run, and what it does run.</summary>
internal sealed record WorkloadsReport(bool AsWanted, IReadOnlyList<WorkloadStatus> Workloads)
{
    public static WorkloadsReport Of(IReadOnlyList<WorkloadStatus> workloads) => new(workloads.All(workload => workload.IsAsWanted), workloads);

    public void Print(Printer printer, bool withHistory)
    {
        foreach (var workload in Workloads)
        {
            printer.Line($"{workload.Name} in {workload.Namespace}: {workload.Ready} of {workload.Wanted} pods ready{(workload.IsAsWanted ? "" : ", not as wanted")}");
            foreach (var image in workload.Images) printer.Line($"  wanted   {image}");
            foreach (var (image, pods) in workload.Running) printer.Line($"  running  {image} in {pods} pods");
            if (!withHistory || workload.Revisions.Count == 0) continue;
            var table = new TextTable(">Revision", "Deployed at", "Commit", "Images", "");
            foreach (var revision in workload.Revisions)
            {
                var note = revision.IsCurrent ? "current" : revision.Failed is null ? "" : "failed";
                table.Add($"{revision.Revision}", revision.DeployedAt ?? "", revision.Commit is { Length: > 12 } commit ? commit[..12] : revision.Commit ?? "", string.Join(' ', revision.Images), note);
            }
            table.Print(printer);
        }
    }
}
