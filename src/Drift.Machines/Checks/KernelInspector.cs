// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A parameter of the kernel, as sysctl(8) names it.</summary>
internal sealed class KernelInspector(IInspectedMachine machine) : Inspector(machine)
{
    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what the kernel has");
        // A dot in the name of an interface is written as a slash, as sysctl does.
        var path = "/proc/sys/" + string.Concat(check.Target.Select(c => c switch { '.' => '/', '/' => '.', _ => c }));
        if (path.Contains("/../", StringComparison.Ordinal)) throw new CheckException($"{check.Target} is no parameter");
        return Encoding.UTF8.GetString(await Machine.ReadAsync(path, cancellationToken).ConfigureAwait(false) ?? throw new CheckException($"open {path}: no such file or directory")).TrimEnd('\n');
    }
}
