// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A package of dpkg, by its own list: other systems have others, and are not told about.</summary>
internal sealed class PackageInspector(IInspectedMachine machine, MachineFiles files) : Inspector(machine)
{
    private const string Status = "/var/lib/dpkg/status";

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        var lines = await files.FindLinesAsync(Status, cancellationToken).ConfigureAwait(false) ?? throw new NotCheckableException($"there is no {Status}: packages are those of Debian");
        var (name, architecture) = check.Target.Split(':', 2) is [var first, var second] ? (first, second) : (check.Target, null);
        var versions = Versions(lines, name, architecture);
        if (property == "installed") return versions.Count > 0;
        return versions.Count > 0 ? Texts(versions) : throw new CheckException("Package version not found");
    }

    private static List<string> Versions(string[] lines, string name, string? architecture)
    {
        var versions = new List<string>();
        for (var i = Array.IndexOf(lines, $"Package: {name}"); i >= 0; i = Array.IndexOf(lines, $"Package: {name}", i + 1))
        {
            // A paragraph ends with an empty line; a text that goes on begins with a blank.
            var fields = lines.Skip(i).TakeWhile(line => line.Length > 0).Where(line => line[0] != ' ').Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            var isInstalled = fields["Status"].Any(status => status is "install ok installed" or "hold ok installed");
            if (isInstalled && (architecture is null || fields["Architecture"].Contains(architecture, StringComparer.Ordinal))) versions.AddRange(fields["Version"]);
        }
        return versions;
    }
}
