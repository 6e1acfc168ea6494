// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Drift.Oci;

/// <summary>
/// What the file system says of a file, links not followed. .NET tells neither owner nor inode, so Linux is asked with statx(2), whose
/// answer has the same layout on every architecture.
/// </summary>
internal readonly record struct FileStatus(
    TarEntryType Type, int Mode, long UserId, long GroupId, long Size, long ModificationTime, ulong Device, ulong Inode, long Links)
{
    // No type flag of tar: a socket cannot be archived.
    private const TarEntryType Socket = (TarEntryType)'s';
    private const int CurrentDirectory = -100, NoFollow = 0x100, BasicStats = 0x7ff, NoEntry = 2;

    public static FileStatus Read(string path)
    {
        if (!OperatingSystem.IsLinux()) return ReadPortably(path);
        var buffer = new byte[256];
        if (StatX(CurrentDirectory, Bytes(path), NoFollow, BasicStats, buffer) != 0)
        {
            // .NET puts U+FFFD for bytes that are not UTF-8, and a path with it does not lead back to the file.
            if (Marshal.GetLastPInvokeError() == NoEntry && path.Contains('\uFFFD', StringComparison.Ordinal)) throw NotUtf8(path, "name");
            throw Unreadable(path, Marshal.GetLastPInvokeErrorMessage());
        }
        ReadOnlySpan<byte> status = buffer;
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(status[28..]);
        return new FileStatus(
            (mode & 0xf000) switch
            {
                0x1000 => TarEntryType.Fifo,
                0x2000 => TarEntryType.CharacterDevice,
                0x4000 => TarEntryType.Directory,
                0x6000 => TarEntryType.BlockDevice,
                0x8000 => TarEntryType.File,
                0xa000 => TarEntryType.SymbolicLink,
                _ => Socket,
            },
            mode & 0b111_111_111_111,
            BinaryPrimitives.ReadUInt32LittleEndian(status[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(status[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(status[112..]),
            BinaryPrimitives.ReadUInt64LittleEndian(status[136..]),
            BinaryPrimitives.ReadUInt64LittleEndian(status[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(status[16..]));
    }

    /// <summary>Where a symbolic link points, as it is stored.</summary>
    public static string LinkTarget(string path)
    {
        if (!OperatingSystem.IsLinux()) return new FileInfo(path).LinkTarget ?? throw Unreadable(path, "it is no link any more");
        var buffer = new byte[4096]; // PATH_MAX
        var length = ReadLink(Bytes(path), buffer, buffer.Length);
        if (length < 0) throw Unreadable(path, Marshal.GetLastPInvokeErrorMessage());
        var target = buffer.AsSpan(0, (int)length);
        return Utf8.IsValid(target) ? Encoding.UTF8.GetString(target) : throw NotUtf8(path, "target");
    }

    /// <summary>Without inodes hard links are not known, and each name holds the content.</summary>
    private static FileStatus ReadPortably(string path)
    {
        var file = new FileInfo(path);
        var isDirectory = file.Attributes.HasFlag(FileAttributes.Directory);
        var type = file.LinkTarget is not null ? TarEntryType.SymbolicLink : isDirectory ? TarEntryType.Directory : TarEntryType.File;
        var mode = OperatingSystem.IsWindows() ? FileLayerBuilder.ReadOnly : (int)file.UnixFileMode;
        var time = new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds();
        return new FileStatus(type, mode, 0, 0, isDirectory ? 0 : file.Length, time, 0, 0, 1);
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static DriftException Unreadable(string path, string problem) =>
        new(ErrorCode.LayerSource, $"{path} cannot be read: {problem}", "Check that the file exists and may be read.");

    private static DriftException NotUtf8(string path, string what) =>
        new(ErrorCode.LayerSource, $"{path} has a {what} that is not valid UTF-8 (shown with \uFFFD), which an image cannot hold.", "Rename it, or leave its folder out with .dockerignore.");

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int directory, byte[] path, int flags, uint mask, [Out] byte[] buffer);

    [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ReadLink(byte[] path, [Out] byte[] buffer, nint size);
}
