// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary>What makes files last through a power cut, beyond flushing their content: a new name is on the disk when its folder is.</summary>
internal static partial class Disk
{
    /// <summary>After how many bytes it pays to begin writing them back.</summary>
    public const int WritebackStep = 8 * 1024 * 1024;

    private const uint StartWriting = 2; // SYNC_FILE_RANGE_WRITE

    /// <summary>Creates a folder and those above it, each of which is there for good before the next one is made.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path)!;
        CreateFolder(parent);
        Directory.CreateDirectory(path);
        FlushFolder(parent);
    }

    /// <summary>Waits until the names in a folder are on the disk.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Open(path, flags: 0);
        if (folder < 0) throw Failure("opened");
        try
        {
            if (FSync(folder) != 0) throw Failure("flushed");
        }
        finally
        {
            _ = Close(folder);
        }

        IOException Failure(string verb) => new($"The folder {path} could not be {verb}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Waits until everything that was ever written is on its disk.</summary>
    public static void FlushAll()
    {
        if (!OperatingSystem.IsWindows()) Sync();
    }

    /// <summary>Removes a file for good; false when there was none.</summary>
    public static bool Delete(string path)
    {
        if (!File.Exists(path)) return false;
        File.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>The text of a file that holds no more than a line; null when there is none.</summary>
    public static string? ReadLine(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Span<byte> line = stackalloc byte[512];
            return Encoding.UTF8.GetString(line[..RandomAccess.Read(file, line, fileOffset: 0)]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Has the disk begin with a part of a file, so that the flush at the end finds most of it done. The flush tells of errors.</summary>
    public static void BeginWriteback(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux()) _ = SyncFileRange(file, offset, length, StartWriting);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "sync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Sync();

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);
}
