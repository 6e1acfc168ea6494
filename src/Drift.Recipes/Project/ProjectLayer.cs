// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>An entry of <c>layers</c> in a project file: a file or folder, an archive, or links, folders and deletions.</summary>
internal sealed record ProjectLayer
{
    /// <summary>How many layers a folder can become: engines stop at 127, and the base has some.</summary>
    public const int MaximumSplit = 64;

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Archive { get; init; }

    public IReadOnlyDictionary<string, string>? Links { get; init; }

    public IReadOnlyList<string>? Directories { get; init; }

    public IReadOnlyList<string>? Delete { get; init; }

    public int? Mode { get; init; }

    public (long User, long Group)? Owner { get; init; }

    public bool? KeepModes { get; init; }

    public bool? KeepExtendedAttributes { get; init; }

    public int? Split { get; init; }

    public IReadOnlyList<string>? Ignore { get; init; }

    /// <summary>Where the entry stands in the project file.</summary>
    public YamlNode Node { get; private init; } = new("");

    public DriftException Error(string problem, string hint) => Node.Error(problem, hint);

    /// <summary>The entry, when its keys go together.</summary>
    public static ProjectLayer Complete(ProjectLayer layer, YamlNode node)
    {
        var isChange = layer.Links is not null || layer.Directories is not null || layer.Delete is not null;
        if (new[] { layer.From is not null, layer.Archive is not null, isChange }.Count(given => given) != 1)
        {
            throw node.Error("A layer has from and to, or archive, or any of links, directories and delete.", "Make an entry of its own for each.");
        }
        if ((layer.From is null) != (layer.To is null)) throw node.Error("from and to go together.", "Name the file or folder in from, and its path in the image in to.");
        Refuse("mode", layer.Mode is not null && layer.From is null && layer.Directories is null);
        Refuse("owner", layer.Owner is not null && layer.Archive is not null);
        Refuse("keep-modes", layer.KeepModes is not null && layer.From is null);
        Refuse("keep-xattrs", layer.KeepExtendedAttributes is not null && layer.From is null);
        Refuse("split", layer.Split is not null && layer.From is null);
        Refuse("ignore", layer.Ignore is not null && layer.From is null);
        if (layer is { Mode: not null, KeepModes: true }) throw node.Error("mode and keep-modes exclude each other.", "Keep one of the two.");
        return layer with { Node = new YamlNode(node.Position) };

        void Refuse(string key, bool refused)
        {
            if (refused) throw node.Error($"{key} means nothing for this kind of layer.", $"Leave {key} out.");
        }
    }
}
