// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Bounds what is kept in memory of the files of an image: a few megabytes of archive can name millions of files with paths of 4,096
/// characters, which would be tens of gigabytes.
/// </summary>
internal sealed class NameBudget
{
    /// <summary>How many files and folders there may be: ten times what the largest images have.</summary>
    public const int MaximumFiles = 2_000_000;

    /// <summary>How long all paths, targets of links and extended attributes may be together, in characters: 128 for each of so many files.</summary>
    public const long MaximumLength = 128L * MaximumFiles;

    private int _files;
    private long _length;

    /// <summary>Counts an entry.</summary>
    /// <exception cref="DriftException">It is too many.</exception>
    public void Add(TarEntry entry, string layer)
    {
        long length = entry.Path.Length + entry.LinkTarget.Length;
        if (entry.ExtendedAttributes is { } attributes) length += attributes.Sum(attribute => (long)attribute.Key.Length + attribute.Value.Length);
        Add(length, layer);
    }

    /// <summary>Counts a folder that only the paths of others name.</summary>
    public void AddFolder(string name, string layer) => Add(name.Length, layer);

    private void Add(long length, string layer)
    {
        if (++_files > MaximumFiles) throw Hostile($"brings the image to more than {MaximumFiles} files and folders");
        if ((_length += length) > MaximumLength) throw Hostile($"brings the names of the image's files to more than {MaximumLength} characters");

        DriftException Hostile(string problem) => new(ErrorCode.InvalidContent, $"The layer {layer} {problem}.", "Do not use this image; it is hostile or damaged.");
    }
}
