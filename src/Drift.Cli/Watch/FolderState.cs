// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Cli;

/// <summary>Names, sizes, times and modes of all files below a folder, as one digest: two states are equal when nothing has changed.</summary>
internal static class FolderState
{
    private static readonly EnumerationOptions Options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>Reads a folder; one that is not there, or goes while it is read, has a state of its own.</summary>
    public static string Read(string directory)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var entries = new FileSystemEnumerable<string>(directory, static (ref FileSystemEntry entry) => Describe(ref entry), Options)
            {
                // What Git keeps for itself changes without any change of the files.
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.FileName.SequenceEqual(".git"),
                ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.FileName.SequenceEqual(".git") && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            };
            foreach (var entry in entries) digest.AppendData(Encoding.UTF8.GetBytes(entry));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            digest.AppendData("gone"u8);
        }
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    private static string Describe(ref FileSystemEntry entry)
    {
        var path = entry.ToFullPath();
        // A folder's time is that of files in it that may be gone again, as an editor's own.
        if (entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint)) return path + "\0";
        var file = entry.ToFileSystemInfo();
        return string.Create(CultureInfo.InvariantCulture, $"{path}\0{entry.Length} {entry.LastWriteTimeUtc.Ticks} {(int)file.UnixFileMode} {file.LinkTarget}\0");
    }
}
