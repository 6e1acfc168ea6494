// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A group of <c>/etc/group</c>.</summary>
internal sealed class GroupInspector(IInspectedMachine machine, MachineFiles files) : Inspector(machine)
{
    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        var group = (await files.FieldsAsync("/etc/group", 3, cancellationToken).ConfigureAwait(false)).FirstOrDefault(fields => fields[0] == check.Target);
        if (property == "exists") return group is not null;
        return int.TryParse(group?[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new CheckException($"there is no group {check.Target}");
    }
}
