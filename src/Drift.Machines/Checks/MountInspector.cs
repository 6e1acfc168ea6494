// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A mount, as proc(5) lists it in <c>mountinfo</c>.</summary>
internal sealed class MountInspector(IInspectedMachine machine, MachineFiles files) : Inspector(machine)
{
    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what is mounted");
        var lines = await files.FindLinesAsync("/proc/self/mountinfo", cancellationToken).ConfigureAwait(false) ?? [];
        // What was mounted last is what is seen.
        var mount = lines.Select(line => line.Split(' ')).LastOrDefault(fields => fields.Length > 9 && Unescape(fields[4]) == check.Target);
        if (property == "exists") return mount is not null;
        if (mount is null) throw new CheckException("Mountpoint not found");
        // Optional fields end with a hyphen: type, source and the file system's own options follow.
        var end = Array.IndexOf(mount, "-");
        if (end < 0 || end + 3 >= mount.Length) throw new CheckException("mountinfo cannot be understood");
        return property switch
        {
            "opts" => Texts(mount[5].Split(',').Distinct(StringComparer.Ordinal)),
            "vfs-opts" => Texts(mount[end + 3].Split(',')),
            "source" => Unescape(mount[end + 2]),
            "filesystem" => mount[end + 1],
            _ => await UsageAsync(check, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<int> UsageAsync(Check check, CancellationToken cancellationToken)
    {
        var output = await Machine.RunAsync($"LC_ALL=C df -P -- {ShellMachine.Quote(check.Target)}", check.Timeout, cancellationToken).ConfigureAwait(false);
        var fields = output.Text.Split('\n').ElementAtOrDefault(1)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return fields.Length > 4 && int.TryParse(fields[4].TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var usage) ? usage : throw new CheckException("df does not tell how much is used");
    }

    private static string Unescape(string text) => text.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
