// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace Drift.Oci;

/// <summary>Extended attributes of a file of this machine, links not followed (llistxattr(2), lgetxattr(2)); none but on Linux.</summary>
internal static class ExtendedAttributes
{
    // XATTR_LIST_MAX and XATTR_SIZE_MAX of Linux: it stores no more.
    private const int LargestList = 64 * 1024, LargestValue = 64 * 1024;
    private const int NoData = 61, NotSupported = 95;

    /// <summary>Those that belong to the file and not to the machine it is on; null when there are none.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Read(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var file = Encoding.UTF8.GetBytes(path + '\0');
        // Most files have none.
        if (ListAttributes(file, [], 0) == 0) return null;
        var list = new byte[LargestList];
        var length = ListAttributes(file, list, list.Length);
        if (length < 0) return Marshal.GetLastPInvokeError() == NotSupported ? null : throw Unreadable(path);
        Dictionary<string, ReadOnlyMemory<byte>>? attributes = null;
        foreach (var name in Encoding.UTF8.GetString(list, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!BelongsToFile(name)) continue;
            if (name.AsSpan().ContainsAny('=', '\n', '\uFFFD')) throw new DriftException(ErrorCode.LayerSource, $"{path} has an extended attribute whose name an archive cannot store: {LayerPath.Printable(name)}", "Remove the attribute with setfattr --remove.");
            var value = new byte[LargestValue];
            var size = GetAttribute(file, Encoding.UTF8.GetBytes(name + '\0'), value, value.Length);
            // One that went away since it was listed is not there.
            if (size < 0 && Marshal.GetLastPInvokeError() == NoData) continue;
            if (size < 0) throw Unreadable(path);
            attributes ??= new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            attributes[name] = value.AsMemory(0, (int)size).ToArray();
        }
        return attributes;
    }

    /// <summary>
    /// <c>user.*</c> is the file's own, and <c>security.capability</c> what a program may do. Everything else is the machine's:
    /// <c>security.selinux</c>, <c>security.SMACK64</c> and <c>security.apparmor</c> are labels of its policy, <c>security.ima</c> and
    /// <c>security.evm</c> are signed with its key; <c>trusted.*</c>, such as overlayfs's, and <c>system.*</c> belong to the file
    /// system, and access lists in it name users that an image does not have.
    /// </summary>
    private static bool BelongsToFile(string name) => name == "security.capability" ||
        // fuse-overlayfs and rootless overlayfs keep their notes among the user's.
        (name.StartsWith("user.", StringComparison.Ordinal) && !name.StartsWith("user.overlay.", StringComparison.Ordinal) && !name.StartsWith("user.fuseoverlayfs.", StringComparison.Ordinal));

    private static DriftException Unreadable(string path) =>
        new(ErrorCode.LayerSource, $"The extended attributes of {path} cannot be read: {Marshal.GetLastPInvokeErrorMessage()}", "Check that the file exists and may be read.");

    [DllImport("libc", EntryPoint = "llistxattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ListAttributes(byte[] path, [Out] byte[] list, nint size);

    [DllImport("libc", EntryPoint = "lgetxattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint GetAttribute(byte[] path, byte[] name, [Out] byte[] value, nint size);
}
