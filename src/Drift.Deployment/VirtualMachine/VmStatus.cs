// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What an application on a machine is, and what it should be.</summary>
/// <param name="Host">The machine.</param>
/// <param name="App">The application.</param>
/// <param name="Mode">How versions replace each other.</param>
/// <param name="Front">The port that it answers at.</param>
/// <param name="Wanted">The digest that was deployed last.</param>
/// <param name="Active">The digest of the container that new connections go to; null when they go nowhere.</param>
/// <param name="Running">What its container does, for example <c>running</c>.</param>
/// <param name="Health">What its health path answers at the front port: <c>OK</c>, or what is wrong.</param>
/// <param name="IsClean">Whether nothing is left of a deployment that was cut off.</param>
/// <param name="SurvivesReboot">Whether the machine reads the rules when it starts; true where there are none.</param>
/// <param name="History">What was deployed, the latest first.</param>
public sealed record VmStatus(string Host, string App, VmMode Mode, int Front, string Wanted, string? Active, string Running, string Health, bool IsClean, bool SurvivesReboot, IReadOnlyList<VmRelease> History)
{
    /// <summary>Whether what answers is what was deployed, and is well.</summary>
    public bool IsWell => Wanted == Active && Running == "running" && Health == "OK" && IsClean;
}
