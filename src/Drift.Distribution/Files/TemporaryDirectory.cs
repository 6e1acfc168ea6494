// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A folder that is gone, with all that is in it, when this is disposed.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private TemporaryDirectory(string path) => Path = path;

    /// <summary>The folder's absolute path. Only this user may enter it.</summary>
    public string Path { get; }

    /// <summary>Creates a folder in the system's temporary folder (<c>TMPDIR</c>).</summary>
    public static TemporaryDirectory Create() => Wrap(() => Directory.CreateTempSubdirectory("drift-").FullName);

    /// <summary>Creates a folder beside <paramref name="path"/>, on the same file system, so that a rename from it is atomic.</summary>
    public static TemporaryDirectory CreateBeside(string path) => Wrap(() =>
    {
        var full = System.IO.Path.GetFullPath(path);
        var parent = System.IO.Path.GetDirectoryName(full) ?? full;
        var directory = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(full)}.{Guid.NewGuid():n}.tmp");
        Directory.CreateDirectory(parent);
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return directory;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already, for example renamed into place.
        }
        catch (UnauthorizedAccessException)
        {
            // What was unpacked may hold folders without write permission, which stop their owner from deleting their content.
            foreach (var directory in Directory.EnumerateDirectories(Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            {
                File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            Directory.Delete(Path, recursive: true);
        }
    }

    private static TemporaryDirectory Wrap(Func<string> create)
    {
        try
        {
            return new TemporaryDirectory(create());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"A temporary folder cannot be made: {e.Message}", "Check the permissions and the free space of the destination and of TMPDIR.", e);
        }
    }
}
