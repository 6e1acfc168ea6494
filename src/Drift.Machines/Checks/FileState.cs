// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Machines;

/// <summary>What the file system says of a path.</summary>
/// <param name="RawMode">Type and permissions, as stat(2) has them in <c>st_mode</c>.</param>
/// <param name="UserId">The owner's number.</param>
/// <param name="GroupId">The group's number.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="LinkTarget">What a symbolic link says; null for everything else.</param>
internal sealed record FileState(int RawMode, int UserId, int GroupId, long Size, string? LinkTarget)
{
    private const int TypeMask = 0xF000;

    public bool IsFile => (RawMode & TypeMask) == 0x8000;

    public bool IsFolder => (RawMode & TypeMask) == 0x4000;

    public bool IsLink => (RawMode & TypeMask) == 0xA000;

    /// <summary>Four octal digits, for example <c>0644</c>.</summary>
    public string Mode => Convert.ToString(RawMode & 0xFFF, 8).PadLeft(4, '0');

    /// <summary>The type by goss's names.</summary>
    public string Type => (RawMode & TypeMask) switch
    {
        0x4000 => "directory",
        0xA000 => "symlink",
        0xC000 => "socket",
        0x1000 => "pipe",
        0x2000 => "character-device",
        0x6000 => "block-device",
        _ => "file",
    };

    /// <summary>Parses what <see cref="ShellMachine"/> asks stat(1) for: mode in hexadecimal, user, group and size.</summary>
    public static FileState Parse(string line, string? linkTarget)
    {
        var parts = line.Split(' ');
        return parts.Length == 4
            && int.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mode)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new FileState(mode, user, group, size, linkTarget)
            : throw new CheckException($"stat answered '{YamlDocument.Shown(line)}'");
    }
}
