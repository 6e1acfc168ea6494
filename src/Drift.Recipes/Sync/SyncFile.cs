// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using static Drift.Recipes.ProjectShapes;

namespace Drift.Recipes;

/// <summary>A list of what is to be the same in two places.</summary>
public static class SyncFile
{
    private static readonly TextShape<string> Place = new("a repository, an image or oci:DIR", "Write HOST/NAME, HOST/NAME:TAG or oci:DIR.", TryParsePlace);

    private static readonly TextShape<VersionRange> Range = new("a range of versions", "Write it as '>=1.2 <2', ^1.2, ~1.2 or 1.2, alternatives with || between them.", VersionRange.TryParse);

    private static readonly ObjectShape<TagSelection> Tags = new(new TagSelection())
    {
        { "allow", "Patterns of * and ?, one of which a tag fits [default: all tags].", List(Name), static (tags, value) => tags with { Allow = value } },
        { "deny", "Patterns of tags to leave out, whatever else they fit.", List(Name), static (tags, value) => tags with { Deny = value } },
        { "versions", "A range of semantic versions, for example '>=1.2 <2'; pre-releases are in none.", Range, static (tags, value) => tags with { Versions = value } },
        { "newest", "How many of the latest versions, of those that all else leaves.", new NumberShape(1, 100_000), static (tags, value) => tags with { Newest = value } },
    };

    private static readonly ObjectShape<SyncEntry> Entry = new ObjectShape<SyncEntry>(new SyncEntry())
    {
        { "source", "Where the images are: a repository, one image, or oci:DIR.", Place, static (entry, value) => entry with { Source = value } },
        { "target", "Where they go: a repository, or oci:DIR; each tag keeps its name.", Place, static (entry, value) => entry with { Target = value } },
        { "tags", "Which tags of a repository [default: all].", Tags, static (entry, value) => entry with { Tags = value } },
        { "platforms", "The platforms to copy [default: all, and the images as they are].", List(PlatformName), static (entry, value) => entry with { Platforms = value } },
        { "referrers", "Copy also what refers to the images: signatures, SBOMs and other artifacts.", Flag, static (entry, value) => entry with { Referrers = value } },
    }.Completed(static (entry, node) => entry switch
    {
        { Source: "" } => throw node.Error("There is no source.", "Write source: HOST/NAME."),
        { Target: "" } => throw node.Error("There is no target.", "Write target: HOST/NAME."),
        { Referrers: true, Platforms.Count: > 1 } => throw node.Error("An index of some of its platforms has another digest, to which nothing refers.", "Leave referrers out, or all platforms but one."),
        _ => entry with { Position = node.Position },
    });

    private static readonly ObjectShape<IReadOnlyList<SyncEntry>> Root = new([])
    {
        { "sync", "What is to be the same in two places.", List(Entry), static (_, value) => value },
    };

    /// <summary>The JSON schema (draft 2020-12) of such a file, indented; it ends with a line break.</summary>
    public static string Schema => ProjectSchema.Write("drift sync", "drift-sync.schema.json", Root.Schema());

    /// <summary>Reads a file.</summary>
    /// <exception cref="DriftException">It is not there, or not what it should be: <see cref="ErrorCode.InvalidProject"/> with line and column.</exception>
    public static IReadOnlyList<SyncEntry> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"{path} does not exist.", "Check the path.");
        return Root.Read(YamlDocument.Parse(ProjectFile.ReadBytes(path), path));
    }

    private static bool TryParsePlace(string text, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value) =>
        (value = text).StartsWith("oci:", StringComparison.Ordinal) ? text.Length > "oci:".Length : ImageReference.TryParse(text, out _);
}
