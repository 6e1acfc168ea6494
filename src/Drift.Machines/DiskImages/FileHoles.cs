// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Drift.Machines;

/// <summary>Where a sparse file has data, as lseek(2) tells it. Where nothing tells it, all of the file is data.</summary>
internal static partial class FileHoles
{
    private const int SeekData = 3, SeekHole = 4, NoSuchAddress = 6; // ENXIO

    /// <summary>The first part with data at or after an offset; null when there is none.</summary>
    public static DiskExtent? NextData(SafeFileHandle file, long offset, long length)
    {
        if (offset >= length) return null;
        if (!OperatingSystem.IsLinux()) return new DiskExtent(offset, length - offset);
        var start = Seek(file, offset, SeekData);
        if (start < 0) return Marshal.GetLastPInvokeError() == NoSuchAddress ? null : new DiskExtent(offset, length - offset);
        var end = Seek(file, start, SeekHole);
        // A file that grows meanwhile is read as long as it was.
        end = end < 0 ? length : Math.Min(end, length);
        return start < end ? new DiskExtent(start, end - start) : null;
    }

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);
}
