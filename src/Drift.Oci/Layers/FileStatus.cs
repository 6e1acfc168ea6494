// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Drift.Oci;

/// <summary>
/// What the file system says of a file. .NET tells neither owner nor inode, so Linux is asked with statx(2), whose
/// answer has the same layout on every architecture.
/// </summary>
internal readonly record struct FileStatus(
    TarEntryType Type, int Mode, long UserId, long GroupId, long Size, long ModificationTime, ulong Device, ulong Inode, long Links)
{
    /// <summary>The time of the last change of content, names or mode, in nanoseconds since 1970; 0 where the system does not tell.</summary>
    public long ChangeTime { get; init; }

    /// <summary>The part of it that a large folder keeps for each file.</summary>
    public FileIdentity Identity => new(Device, Inode, Size, ModificationTime, ChangeTime);

    // No type flag of tar: a socket cannot be archived.
    private const TarEntryType Socket = (TarEntryType)'s';
    private const int CurrentDirectory = -100, NoFollow = 0x100, BasicStats = 0x7ff, NoEntry = 2;

    /// <summary>Asks for a path's status; a symbolic link's own, unless <paramref name="follow"/>.</summary>
    public static FileStatus Read(string path, bool follow = false)
    {
        if (!OperatingSystem.IsLinux()) return ReadPortably(path);
        Span<byte> status = stackalloc byte[256];
        if (StatX(path, follow ? 0 : NoFollow, status) != 0)
        {
            // .NET puts U+FFFD for bytes that are not UTF-8, and a path with it does not lead back to the file.
            if (Marshal.GetLastPInvokeError() == NoEntry && path.Contains('\uFFFD', StringComparison.Ordinal)) throw NotUtf8(path, "name");
            throw Unreadable(path, Marshal.GetLastPInvokeErrorMessage());
        }
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
            BinaryPrimitives.ReadUInt32LittleEndian(status[16..]))
        {
            ChangeTime = BinaryPrimitives.ReadInt64LittleEndian(status[96..]) * 1_000_000_000 + BinaryPrimitives.ReadUInt32LittleEndian(status[104..]),
        };
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

    private static unsafe int StatX(string path, int flags, Span<byte> status)
    {
        // Asked for every file of a folder: nothing is allocated, and nothing is left to be marshalled.
        Span<byte> small = stackalloc byte[512];
        var bytes = path.Length < small.Length / 3 ? small : new byte[path.Length * 3 + 1];
        bytes[Encoding.UTF8.GetBytes(path, bytes)] = 0;
        fixed (byte* name = bytes, result = status)
        {
            return StatX(CurrentDirectory, name, flags, BasicStats, result);
        }
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static DriftException Unreadable(string path, string problem) =>
        new(ErrorCode.LayerSource, $"{path} cannot be read: {problem}", "Check that the file exists and may be read.");

    private static DriftException NotUtf8(string path, string what) =>
        new(ErrorCode.LayerSource, $"{path} has a {what} that is not valid UTF-8 (shown with \uFFFD), which an image cannot hold.", "Rename it, or leave its folder out with .dockerignore.");

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe int StatX(int directory, byte* path, int flags, uint mask, byte* buffer);

    [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ReadLink(byte[] path, [Out] byte[] buffer, nint size);
}
