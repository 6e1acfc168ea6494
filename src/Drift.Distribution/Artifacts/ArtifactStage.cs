// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A folder of this process's own that an artifact's files are collected in. No folder on the way to a file is a link.</summary>
/// <param name="directory">The folder.</param>
/// <param name="name">What the files belong to, for errors.</param>
internal sealed class ArtifactStage(string directory, string name)
{
    private const int MaximumEntries = 1_000_000;
    private const int Permissions = 0b111_111_111;
    private readonly DiskBudget _budget = new(directory, name);
    private int _entries;

    /// <summary>Begins a file; one of the same name is an error.</summary>
    public FileStream Create(string path, long size, int? mode = null)
    {
        _budget.Take(size);
        return new FileStream(Place(path), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode is { } bits ? (UnixFileMode)(bits & Permissions) : null });
    }

    /// <summary>Makes a folder, which may be there.</summary>
    public void CreateDirectory(string path) => EnsureDirectory(Path.Combine(Place(path, isNew: false)));

    /// <summary>Makes a symbolic link; the caller has checked where it leads.</summary>
    public void Link(string path, string target) => File.CreateSymbolicLink(Place(path), target);

    /// <summary>Copies a file that is there: what stands in for a hard link.</summary>
    public void Duplicate(string target, string path)
    {
        var file = new FileInfo(Place(target, isNew: false));
        if (file.LinkTarget is not null || !file.Exists) throw Refused(path, "links to what is no file");
        _budget.Take(file.Length);
        File.Copy(file.FullName, Place(path));
    }

    /// <summary>Moves everything into a folder, file by file: what is there already is replaced, and no link that is there is followed.</summary>
    public void MoveTo(string destination) => Move(new DirectoryInfo(directory), destination);

    private void Move(DirectoryInfo from, string to)
    {
        if (new FileInfo(to).LinkTarget is not null && from.FullName != Path.GetFullPath(directory)) throw new DriftException(ErrorCode.FileSystem, $"{to} is a link, and {name} has a folder there.", "Take the link away, or pull into another folder.");
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos().ToArray())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry is DirectoryInfo { LinkTarget: null } below) Move(below, target);
            else File.Move(entry.FullName, target, overwrite: true);
        }
    }

    private string Place(string path, bool isNew = true)
    {
        if (!ArtifactTitle.IsSafe(path)) throw Refused(path, "does not stay below the folder that it is pulled into");
        if (++_entries > MaximumEntries) throw new DriftException(ErrorCode.InvalidContent, $"{name} has more than {MaximumEntries} files.", "Do not use this artifact; it is hostile or damaged.");
        var parts = path.TrimEnd('/').Split('/');
        var folder = directory;
        foreach (var part in parts.SkipLast(1)) EnsureDirectory(folder = Path.Combine(folder, part));
        var place = Path.Combine(folder, parts[^1]);
        return isNew && (File.Exists(place) || Directory.Exists(place) || new FileInfo(place).LinkTarget is not null) ? throw Refused(path, "is there twice") : place;
    }

    private void EnsureDirectory(string path)
    {
        if (new FileInfo(path) is { } file && (file.LinkTarget is not null || file.Exists)) throw Refused(Path.GetRelativePath(directory, path), "is a folder and something else");
        Directory.CreateDirectory(path);
    }

    private DriftException Refused(string path, string problem) =>
        new(ErrorCode.InvalidContent, $"'{RegistryAnswer.Printable(path)}' of {name} {problem}.", "Do not use this artifact; it is hostile or damaged.");
}
