// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace Drift.Machines;

/// <summary>statx(2): .NET does not tell whose a file is.</summary>
internal static unsafe partial class FileStatus
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7FF;
    private const int NoEntry = 2;
    private const int NotAFolder = 20;

    /// <summary>What a path of this machine is, without following its last part; null when there is nothing.</summary>
    /// <exception cref="CheckException">It cannot be looked at.</exception>
    public static FileState? Read(string path)
    {
        Span<byte> status = stackalloc byte[256];
        fixed (byte* start = status)
        {
            if (Statx(CurrentFolder, path, NoFollow, BasicStats, start) != 0)
            {
                return Marshal.GetLastPInvokeError() is NoEntry or NotAFolder ? null : throw new CheckException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        // The order is the same on every processor: linux/stat.h, struct statx.
        var mode = BitConverter.ToUInt16(status[28..]);
        var isLink = (mode & 0xF000) == 0xA000;
        return new FileState(mode, BitConverter.ToInt32(status[20..]), BitConverter.ToInt32(status[24..]), BitConverter.ToInt64(status[40..]), isLink ? new FileInfo(path).LinkTarget : null);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
