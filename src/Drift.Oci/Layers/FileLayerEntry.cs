// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// One entry of a planned layer; paths, and a hard link's target, have no leading slash. A large folder makes many, so that what lies in it
/// keeps its paths in the folder and says <see cref="Prefix"/> of all of them.
/// </summary>
internal sealed record FileLayerEntry(string RelativePath, TarEntryType Type, int Mode, long UserId, long GroupId, ContentSource? Content, string LinkTarget)
{
    /// <summary>What stands in front of the path: nothing, or a folder with its slash.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The whole path, made anew where there is a prefix.</summary>
    public string Path => Prefix.Length == 0 ? RelativePath : Prefix + RelativePath;

    /// <summary>The time of the last change in seconds since 1970; null for the time that everything is stamped with.</summary>
    public long? ModificationTime { get; init; }

    /// <summary>The size of the content in bytes, as far as it was known when the entry was made.</summary>
    public long Size { get; init; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? ExtendedAttributes { get; init; }

    /// <summary>A folder's entry in a layer that has the folder somewhere else.</summary>
    public FileLayerEntry Below(string prefix) =>
        this with { Prefix = prefix, LinkTarget = Type == TarEntryType.HardLink ? prefix + LinkTarget : LinkTarget };

    /// <summary>The same under another path.</summary>
    public FileLayerEntry At(string path) => this with { Prefix = "", RelativePath = path };

    /// <summary>The entry as it stands in the archive, without its size. No time is later than <paramref name="epoch"/>.</summary>
    public TarEntry Header(long epoch) => new()
    {
        Path = Path,
        Type = Type,
        Mode = Mode,
        UserId = UserId,
        GroupId = GroupId,
        LinkTarget = LinkTarget,
        ModificationTime = Math.Min(ModificationTime ?? epoch, epoch),
        ExtendedAttributes = ExtendedAttributes,
    };
}
