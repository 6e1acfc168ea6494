// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A file, a folder or a link; links are looked at as such, except for what is in them.</summary>
internal sealed class FileInspector(IInspectedMachine machine, MachineFiles files) : Inspector(machine)
{
    private readonly ConcurrentDictionary<string, Task<FileState?>> _states = new(StringComparer.Ordinal);

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        var path = check.Target;
        if (!path.StartsWith('/')) throw new CheckException($"{path} is not an absolute path");
        if (property == "contents")
        {
            return Encoding.UTF8.GetString(await Machine.ReadAsync(path, cancellationToken).ConfigureAwait(false) ?? throw new CheckException($"open {path}: no such file or directory"));
        }
        if (property is "md5" or "sha256" or "sha512") return await Machine.DigestAsync(path, property, cancellationToken).ConfigureAwait(false);
        var state = await _states.GetOrAdd(path, path => Machine.StatAsync(path, cancellationToken)).ConfigureAwait(false);
        if (property == "exists") return state is not null;
        if (state is null) throw new CheckException($"lstat {path}: no such file or directory");
        return property switch
        {
            "mode" => state.Mode,
            "size" => state.Size,
            "uid" => state.UserId,
            "gid" => state.GroupId,
            "filetype" => state.Type,
            "linked-to" => state.LinkTarget ?? throw new CheckException($"readlink {path}: invalid argument"),
            "owner" => await NameAsync("/etc/passwd", state.UserId, cancellationToken).ConfigureAwait(false),
            _ => await NameAsync("/etc/group", state.GroupId, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<string> NameAsync(string path, int id, CancellationToken cancellationToken)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        return (await files.FieldsAsync(path, 3, cancellationToken).ConfigureAwait(false)).FirstOrDefault(fields => fields[2] == number)?[0] ?? throw new CheckException($"{path} has no {number}");
    }
}
