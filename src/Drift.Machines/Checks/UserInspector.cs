// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A user of <c>/etc/passwd</c>.</summary>
internal sealed class UserInspector(IInspectedMachine machine, MachineFiles files) : Inspector(machine)
{
    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        var user = (await files.FieldsAsync("/etc/passwd", 7, cancellationToken).ConfigureAwait(false)).FirstOrDefault(fields => fields[0] == check.Target);
        if (property == "exists") return user is not null;
        if (user is null) throw new CheckException($"there is no user {check.Target}");
        return property switch
        {
            "uid" => Number(user[2]),
            "gid" => Number(user[3]),
            "home" => user[5],
            "shell" => user[6],
            _ => Texts((await files.FieldsAsync("/etc/group", 4, cancellationToken).ConfigureAwait(false))
                .Where(group => group[2] == user[3] || group[3].Split(',').Contains(check.Target)).Select(group => group[0]).Order(StringComparer.Ordinal)),
        };
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new CheckException($"'{YamlDocument.Shown(text)}' in /etc/passwd is no number");
}
