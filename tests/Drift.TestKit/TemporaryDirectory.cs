// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace Drift.TestKit;

/// <summary>A folder of its own for a test; it is removed with all that is in it, read-only files and folders too.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates a folder, in the system's temporary folder unless another one is named.</summary>
    public TemporaryDirectory(string? parent = null) => Path = parent is null
        ? Directory.CreateTempSubdirectory("drift-test-").FullName
        : Directory.CreateDirectory(System.IO.Path.Combine(parent, $"drift-test-{Guid.NewGuid():n}")).FullName;

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; }

    /// <summary>A path below the folder; nothing is created.</summary>
    public string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file below the folder, and the folders above it; returns its path.</summary>
    public string Write(string relativePath, string content)
    {
        var path = Combine(relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>
    /// Writes a program and returns its path. Another process writes the file: one that this process has open for writing is busy, and stays so
    /// in whatever another test starts at that moment.
    /// </summary>
    public string WriteProgram(string name, string script)
    {
        var path = Combine(name);
        using var install = Process.Start("install", ["--mode=755", Write(name + ".text", script), path]);
        install.WaitForExit();
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Directory.Exists(Path)) return;
        Unlock(new DirectoryInfo(Path));
        Directory.Delete(Path, recursive: true);
    }

    // A file goes when its folder may be written, whatever its own mode.
    private static void Unlock(DirectoryInfo directory)
    {
        if ((directory.UnixFileMode & OwnerAll) != OwnerAll) directory.UnixFileMode |= OwnerAll;
        foreach (var child in directory.EnumerateDirectories())
        {
            if (child.LinkTarget is null) Unlock(child);
        }
    }
}
