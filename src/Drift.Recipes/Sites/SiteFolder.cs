// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A folder of files as a site.</summary>
public static class SiteFolder
{
    private const string Index = "index.html";

    /// <summary>
    /// Lists what the folder serves, in ordinal order of paths. <c>index.html</c> also answers for its folder, and the folder's
    /// name without a slash leads there. Names that begin with a dot are left out, but for <c>.well-known</c>,
    /// and so are the folder's own <c>drift.yaml</c>, <c>_headers</c> and <c>_redirects</c>.
    /// </summary>
    /// <exception cref="DriftException">
    /// The folder does not exist (<see cref="ErrorCode.SourceNotFound"/>); something in it cannot be read, or is a link that leaves
    /// the folder or leads in a circle (<see cref="ErrorCode.InvalidSite"/>).
    /// </exception>
    public static IReadOnlyList<SiteFile> Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory)) throw new DriftException(ErrorCode.SourceNotFound, $"The folder {directory} does not exist.", "Name the folder that holds the site.");
        var files = new List<SiteFile>();
        var root = RealPath.Of(directory);
        Add(files, root, new DirectoryInfo(directory), "/", [root]);
        return [.. files.OrderBy(file => file.UrlPath, StringComparer.Ordinal)];
    }

    // above: the real paths of the folder and of those that hold it, to see a circle.
    private static void Add(List<SiteFile> files, string root, DirectoryInfo folder, string urlPath, List<string> above)
    {
        foreach (var entry in Entries(folder))
        {
            if (entry.Name.StartsWith('.') && entry.Name != ".well-known") continue;
            if (urlPath == "/" && entry.Name is (ProjectFile.FileName or SiteHeadersFile.Name or SiteRedirectsFile.Name)) continue;
            var real = Resolve(root, entry);
            var path = urlPath + entry.Name;
            if (Directory.Exists(real))
            {
                if (above.Contains(real)) throw Invalid($"{Shown(entry)} leads back to a folder that holds it.", "Remove that link.");
                Add(files, root, new DirectoryInfo(entry.FullName), path + "/", [.. above, real]);
            }
            else
            {
                AddFile(files, entry, real, path, urlPath);
            }
        }
    }

    private static void AddFile(List<SiteFile> files, FileSystemInfo entry, string real, string path, string folderPath)
    {
        var file = new SiteFile(path, LengthOf(entry, real), ContentSource.FromFile(entry.FullName), MediaTypeOfFile.Of(entry.Name));
        files.Add(file);
        if (entry.Name != Index) return;
        files.Add(file with { UrlPath = folderPath });
        if (folderPath != "/") files.Add(SiteFile.Redirect(folderPath[..^1], UrlPath.Encode(folderPath)));
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            var entries = folder.GetFileSystemInfos();
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"The folder {Shown(folder)} cannot be read: {e.Message}", "Make it readable, or leave it out.", e);
        }
    }

    private static string Resolve(string root, FileSystemInfo entry)
    {
        string real;
        try
        {
            real = RealPath.Of(entry.FullName);
        }
        catch (IOException e)
        {
            throw Invalid($"The link {Shown(entry)} leads in a circle.", "Remove that link.", e);
        }
        return RealPath.IsWithin(real, root) ? real : throw Invalid($"The link {Shown(entry)} leaves the folder.", "Put the file itself into the folder.");
    }

    private static long LengthOf(FileSystemInfo entry, string real)
    {
        try
        {
            var length = new FileInfo(real).Length;
            // A pipe would wait for its writer, and a device may never end.
            if (FileStatus.Read(real).Type != TarEntryType.File) throw Invalid($"{Shown(entry)} is not a file but a pipe, a socket or a device.", "Remove it.");
            // Opened once to tell now, not while packing.
            File.OpenHandle(real).Dispose();
            return length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"{Shown(entry)} cannot be read: {e.Message}", "Make it readable, or leave it out.", e);
        }
    }

    private static string Shown(FileSystemInfo entry) => SiteText.Shown(entry.FullName);

    private static DriftException Invalid(string message, string hint, Exception? inner = null) => new(ErrorCode.InvalidSite, message, hint, inner);
}
