// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>One entry of a planned layer; the path, and a hard link's target, have no leading slash.</summary>
internal sealed record FileLayerEntry(string Path, TarEntryType Type, int Mode, long UserId, long GroupId, ContentSource? Content, string LinkTarget)
{
    /// <summary>The time of the last change in seconds since 1970; null for the time that everything is stamped with.</summary>
    public long? ModificationTime { get; init; }

    /// <summary>The size of the content in bytes, as far as it was known when the entry was made.</summary>
    public long Size { get; init; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? ExtendedAttributes { get; init; }

    /// <summary>The entry with something in front of its path.</summary>
    public FileLayerEntry Below(string prefix)
    {
        var path = prefix + Path;
        return this with
        {
            Path = path,
            LinkTarget = Type == TarEntryType.HardLink ? prefix + LinkTarget : LinkTarget,
            // One string for both.
            Content = Content is FileTreeContent file ? file.Moved(Path, path) : Content,
        };
    }

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
