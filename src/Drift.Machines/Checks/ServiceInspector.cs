// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A unit of systemd. A static one, which nothing has to enable, counts as enabled.</summary>
internal sealed class ServiceInspector(IInspectedMachine machine) : Inspector(machine)
{
    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        if (property == "enabled") return await Machine.IsEnabledAsync(check.Target, cancellationToken).ConfigureAwait(false);
        NeedsMachine("what runs");
        var output = await Machine.RunAsync($"systemctl -q is-active -- {ShellMachine.Quote(check.Target)}", check.Timeout, cancellationToken).ConfigureAwait(false);
        return output.ExitCode != 127 ? output.ExitCode == 0 : throw new CheckException("there is no systemctl");
    }
}
