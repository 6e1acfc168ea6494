// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>
/// Where files are between being found to be garbage and being deleted. Whoever asks for one takes it back, so at no moment is something gone
/// that somebody relies on.
/// </summary>
internal sealed class GarbageFolder(string root)
{
    private readonly string _path = Path.Combine(root, "garbage");

    /// <summary>Notes that a file is asked for, by someone who may rely on it; false when it is not there.</summary>
    public bool Keep(string path) => LastAsked.Renew(path) || (TryRestore(path) && LastAsked.Renew(path));

    /// <summary>Whether a file is there.</summary>
    public bool Has(string path) => File.Exists(path) || TryRestore(path);

    /// <summary>Puts a file back; true when it is in its place now, whoever has put it there.</summary>
    public bool TryRestore(string path)
    {
        var moved = PathOf(path);
        if (!File.Exists(moved)) return File.Exists(path);
        try
        {
            File.Move(moved, path, overwrite: false);
            return true;
        }
        catch (FileNotFoundException)
        {
            return File.Exists(path); // Somebody else was faster, or it was deleted.
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(moved); // It was pushed anew.
            return true;
        }
    }

    /// <summary>Puts back what a collection that was killed had moved here.</summary>
    public void RestoreAll()
    {
        if (!Directory.Exists(_path)) return;
        foreach (var file in Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories)) TryRestore(Path.Combine(root, Path.GetRelativePath(_path, file)));
    }

    /// <summary>Deletes a file unless somebody asked for it during the grace; false when it stays.</summary>
    public bool TryDelete(string path, TimeSpan grace)
    {
        if (!LastAsked.IsOver(path, grace)) return false;
        var moved = PathOf(path);
        Disk.CreateFolder(Path.GetDirectoryName(moved)!);
        try
        {
            File.Move(path, moved, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return true; // Its repository deleted it meanwhile.
        }
        // Whoever asked before the move has made it young.
        if (LastAsked.IsOver(moved, grace)) File.Delete(moved);
        else TryRestore(path);
        return !File.Exists(path);
    }

    private string PathOf(string path) => Path.Combine(_path, Path.GetRelativePath(root, path));
}
