// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;

namespace Drift.Cli;

/// <summary>What an application on a machine is, as <c>--json</c> prints it. The variables of a release may be secrets, and are left out.</summary>
internal sealed record VmStatusReport(
    string Host, string App, string Mode, int Front, string Wanted, string? Active, string Running, string Health, bool IsWell, bool IsClean, bool SurvivesReboot, IReadOnlyList<VmReleaseReport> History)
{
    public static VmStatusReport Of(VmStatus status) => new(
        status.Host, status.App, status.Mode == VmMode.Switch ? "switch" : "replace", status.Front, status.Wanted, status.Active, status.Running, status.Health, status.IsWell, status.IsClean, status.SurvivesReboot,
        [.. status.History.Select(release => new VmReleaseReport(release.Reference, release.Digest, release.Time, release.Who))]);
}
