// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace Drift.Distribution;

/// <summary>
/// Has the disk begin with what was written, while more is made: the flush at the end of a large file finds most of it done. Linux tells no
/// disk to begin before half a minute has passed, or a good part of the memory is waiting.
/// </summary>
internal static partial class Writeback
{
    /// <summary>After how many bytes it pays.</summary>
    public const int Step = 8 * 1024 * 1024;

    private const uint StartWriting = 2; // SYNC_FILE_RANGE_WRITE

    /// <summary>Begins with what is there after <paramref name="from"/>, and returns its end. Whether it works is told by nobody: the flush will.</summary>
    public static long Begin(FileStream file, long from)
    {
        var end = file.Position;
        if (OperatingSystem.IsLinux()) _ = SyncFileRange(file.SafeFileHandle.DangerousGetHandle().ToInt32(), from, end - from, StartWriting);
        return end;
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(int file, long offset, long count, uint flags);
}
