// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What <c>ssh</c> is told besides the user's own configuration.</summary>
public sealed record SshSettings
{
    /// <summary>A configuration file to use in the place of the user's and the system's; null for theirs.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Options as ssh_config(5) writes them, for example <c>Port=2222</c>; they win over the files.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
