// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift append SOURCE --layer DIR:PATH|TAR -o DEST</c></summary>
internal sealed class AppendCommand : Command
{
    private readonly ImageChange _change = new();
    private readonly Option<string[]> _layers = new("--layer")
    {
        Description = "A folder and where it goes, as DIR:/PATH, or a tar, tar.gz or tar.zst file; may be given several times, the lowest first",
        HelpName = "DIR:PATH|TAR",
        Required = true,
    };
    private readonly Option<string?> _owner = new("--owner") { Description = "The owner of a folder's files, as UID[:GID] [default: 0:0]", HelpName = "UID:GID" };

    public AppendCommand(CliHost host)
        : base("append", "Put layers on top of an image")
    {
        _change.AddTo(this);
        Options.Add(_layers);
        Options.Add(_owner);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var owner = ParseOwner(result.GetValue(_owner) ?? "0:0");
        var layers = new List<Layer>();
        foreach (var text in result.GetRequiredValue(_layers)) layers.Add(await PlanAsync(text, owner, cancellationToken).ConfigureAwait(false));
        return await _change.RunAsync(result, host, image => Task.FromResult(layers.Aggregate(image, static (below, layer) => below.WithLayer(layer, "drift append"))), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Layer> PlanAsync(string text, (long User, long Group) owner, CancellationToken cancellationToken)
    {
        if (File.Exists(text)) return ArchiveLayer.FromFile(text);
        var colon = text.LastIndexOf(":/", StringComparison.Ordinal);
        if (colon <= 0 || Array.Exists(text[(colon + 2)..].Split('/'), part => part is "." or ".."))
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"'{text}' is neither an archive nor a folder with a place for it.", "Write --layer as DIR:/PATH, for example ./public:/var/www, or name a tar file.");
        }
        var directory = text[..colon];
        var options = new FileTreeOptions { Owner = owner.User, Group = owner.Group, Ignore = await DockerIgnore.ReadAsync(directory, cancellationToken).ConfigureAwait(false) };
        var tree = await FileTree.ReadAsync(directory, options, cancellationToken).ConfigureAwait(false);
        return FileLayer.Create(files => files.AddTree(text[(colon + 1)..], tree));
    }

    private static (long User, long Group) ParseOwner(string text)
    {
        var parts = text.Split(':');
        return parts.Length is 1 or 2 && uint.TryParse(parts[0], out var user) && uint.TryParse(parts[^1], out var group)
            ? (user, group)
            : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is not an owner.", "Write --owner as numbers, for example 65532:65532.");
    }
}
