// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift append SOURCE --layer DIR:PATH|TAR -o DEST</c></summary>
internal sealed class AppendCommand : Command
{
    // Engines stop at 127 layers, and the base has some.
    private const int MaximumSplit = 64;
    private readonly ImageChange _change = new();
    private readonly Option<string[]> _layers = new("--layer")
    {
        Description = "A folder and where it goes, as DIR:/PATH, or a tar, tar.gz or tar.zst file; may be given several times, the lowest first",
        HelpName = "DIR:PATH|TAR",
        Required = true,
    };
    private readonly Option<string?> _owner = new("--owner") { Description = "The owner of a folder's files, as UID[:GID] [default: 0:0]", HelpName = "UID:GID" };
    private readonly Option<bool> _xattrs = new("--xattrs") { Description = "Keep the extended attributes of a folder's files: user.* and security.capability" };
    private readonly Option<int> _split = new("--split")
    {
        Description = "Distribute the files of each folder over N layers, so that a changed file changes only one of them",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public AppendCommand(CliHost host)
        : base("append", "Put layers on top of an image")
    {
        _change.AddTo(this);
        Options.Add(_layers);
        Options.Add(_owner);
        Options.Add(_xattrs);
        Options.Add(_split);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var (user, group) = ParseOwner(result.GetValue(_owner) ?? "0:0");
        var options = new FileTreeOptions { Owner = user, Group = group, KeepExtendedAttributes = result.GetValue(_xattrs) };
        var layers = new List<Layer>();
        var split = result.GetValue(_split) is var count and >= 1 and <= MaximumSplit
            ? count
            : throw new DriftException(ErrorCode.InvalidSetting, $"A folder cannot become {result.GetValue(_split)} layers.", $"Give --split a number from 1 to {MaximumSplit}.");
        foreach (var text in result.GetRequiredValue(_layers)) layers.AddRange(await PlanAsync(text, options, split, cancellationToken).ConfigureAwait(false));
        return await _change.RunAsync(result, host, image => Task.FromResult(layers.Aggregate(image, static (below, layer) => below.WithLayer(layer, "drift append"))), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IEnumerable<Layer>> PlanAsync(string text, FileTreeOptions options, int split, CancellationToken cancellationToken)
    {
        if (File.Exists(text)) return [ArchiveLayer.FromFile(text)];
        var colon = text.LastIndexOf(":/", StringComparison.Ordinal);
        if (colon <= 0 || Array.Exists(text[(colon + 2)..].Split('/'), part => part is "." or ".."))
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"'{text}' is neither an archive nor a folder with a place for it.", "Write --layer as DIR:/PATH, for example ./public:/var/www, or name a tar file.");
        }
        var directory = text[..colon];
        var ignore = await DockerIgnore.ReadAsync(directory, cancellationToken).ConfigureAwait(false);
        var tree = await FileTree.ReadAsync(directory, options with { Ignore = ignore }, cancellationToken).ConfigureAwait(false);
        return tree.Split(split).Select(part => FileLayer.Create(files => files.AddTree(text[(colon + 1)..], part)));
    }

    private static (long User, long Group) ParseOwner(string text)
    {
        var parts = text.Split(':');
        return parts.Length is 1 or 2 && uint.TryParse(parts[0], out var user) && uint.TryParse(parts[^1], out var group)
            ? (user, group)
            : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is not an owner.", "Write --owner as numbers, for example 65532:65532.");
    }
}
