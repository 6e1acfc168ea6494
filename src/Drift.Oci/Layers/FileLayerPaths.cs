// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Finds and sorts entries by their paths without making the paths: of a large folder they would be a third of the memory.</summary>
internal sealed class FileLayerPaths : IComparer<FileLayerEntry>, IEqualityComparer<FileLayerEntry>, IAlternateEqualityComparer<ReadOnlySpan<char>, FileLayerEntry>
{
    public static readonly FileLayerPaths Comparer = new();

    private FileLayerPaths()
    {
    }

    public int Compare(FileLayerEntry? x, FileLayerEntry? y) => ReferenceEquals(x!.Prefix, y!.Prefix)
        ? string.CompareOrdinal(x.RelativePath, y.RelativePath)
        : string.CompareOrdinal(x.Path, y.Path);

    public bool Equals(FileLayerEntry? x, FileLayerEntry? y) => Compare(x, y) == 0;

    public bool Equals(ReadOnlySpan<char> path, FileLayerEntry entry) =>
        path.Length == entry.Prefix.Length + entry.RelativePath.Length && path.StartsWith(entry.Prefix) && path.EndsWith(entry.RelativePath);

    public int GetHashCode(FileLayerEntry entry)
    {
        var length = entry.Prefix.Length + entry.RelativePath.Length;
        var path = length <= 512 ? stackalloc char[length] : new char[length];
        entry.Prefix.CopyTo(path);
        entry.RelativePath.CopyTo(path[entry.Prefix.Length..]);
        return GetHashCode(path);
    }

    public int GetHashCode(ReadOnlySpan<char> path) => string.GetHashCode(path, StringComparison.Ordinal);

    public FileLayerEntry Create(ReadOnlySpan<char> path) => throw new NotSupportedException();
}
