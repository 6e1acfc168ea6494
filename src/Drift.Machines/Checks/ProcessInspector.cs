// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A process by the name of its program, as <c>/proc/PID/comm</c> has it: 15 bytes of it.</summary>
internal sealed class ProcessInspector(IInspectedMachine machine) : Inspector(machine)
{
    private const int MaximumName = 15;

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what runs");
        var output = await Machine.RunAsync("cat /proc/[0-9]*/comm 2>/dev/null || true", check.Timeout, cancellationToken).ConfigureAwait(false);
        var name = check.Target.Length > MaximumName ? check.Target[..MaximumName] : check.Target;
        return output.Text.Split('\n').Contains(name, StringComparer.Ordinal);
    }
}
