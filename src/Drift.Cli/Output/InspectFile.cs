// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>A file of a layer, as its archive says; the mode in octal, the size in bytes.</summary>
internal sealed record InspectFile(string Path, string Type, string Mode, long UserId, long GroupId, long Size, string? Link)
{
    public static InspectFile Of(TarEntry entry)
    {
        var name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
        return new InspectFile(entry.Path, TypeOf(entry, name), Octal(entry.Mode), entry.UserId, entry.GroupId, entry.Size, entry.LinkTarget.Length > 0 ? entry.LinkTarget : null);
    }

    public static string Octal(int mode) => "0" + Convert.ToString(mode, 8).PadLeft(3, '0');

    private static string TypeOf(TarEntry entry, string name) => entry.Type switch
    {
        TarEntryType.File when name == Whiteout.Opaque => "opaque",
        TarEntryType.File when Whiteout.IsMarker(name) => "whiteout",
        _ => NameOf(entry.Type),
    };

    public static string NameOf(TarEntryType type) => type switch
    {
        TarEntryType.File => "file",
        TarEntryType.HardLink => "hardlink",
        TarEntryType.SymbolicLink => "symlink",
        TarEntryType.Directory => "folder",
        TarEntryType.Fifo => "pipe",
        _ => "device",
    };
}
