// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Oci;

/// <summary>
/// Checks the entries of one layer's archive. Of each path only a hash of 16 bytes is kept, so that long paths cannot fill the memory. A
/// path's hash is made of that of its folder and its name, so that deep paths cost no more time than long ones.
/// </summary>
internal sealed class TarValidator(string location, FindingBag findings)
{
    private const int KeySize = 16;
    private readonly byte[] _input = new byte[KeySize + 3 * LayerPath.MaximumLength];
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private readonly HashSet<UInt128> _paths = [];
    private readonly HashSet<UInt128> _links = [];

    public static async Task ValidateAsync(TarReader tar, string location, FindingBag findings, CancellationToken cancellationToken)
    {
        var validator = new TarValidator(location, findings);
        for (var count = 0; await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; count++)
        {
            if (count == NameBudget.MaximumFiles) findings.Error(FindingId.TarTooManyEntries, location, $"The layer has more than {NameBudget.MaximumFiles} entries; the rest is not checked.");
            if (count < NameBudget.MaximumFiles) validator.Check(entry);
        }
    }

    private void Check(TarEntry entry)
    {
        if (entry.Path.Length > LayerPath.MaximumLength)
        {
            findings.Error(FindingId.TarPathTooLong, location, $"The path of an entry has {entry.Path.Length} characters: {Shown(entry.Path)}");
            return;
        }
        var parts = LayerPath.Parts(entry.Path);
        if (parts.Length > 0 && entry.Path.StartsWith('/')) findings.Warning(FindingId.TarAbsolutePath, location, $"The path {entry.Path} is absolute.");
        if (parts.Contains("..") || entry.Path.Contains('\0', StringComparison.Ordinal))
        {
            findings.Error(FindingId.TarParentPath, location, $"The path {entry.Path} may leave the image.");
            return;
        }
        switch (entry.Type)
        {
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice:
                findings.Warning(FindingId.TarDevice, location, $"{entry.Path} is a device.");
                break;
            case TarEntryType.HardLink when LayerPath.Parts(entry.LinkTarget).Contains(".."):
                findings.Error(FindingId.TarLinkLeavesRoot, location, $"The hard link {entry.Path} goes to {Shown(entry.LinkTarget)}, which may leave the image.");
                break;
            case TarEntryType.SymbolicLink when Leaves(parts.Length - 1, entry.LinkTarget):
                // Inside a container the kernel stops at the root; a tool that unpacks may not.
                findings.Warning(FindingId.TarLinkLeavesRoot, location, $"The symbolic link {entry.Path} goes to {Shown(entry.LinkTarget)}, above the root.");
                break;
        }
        if (parts.Length == 0) return;
        var key = UInt128.Zero;
        var isBelowLink = false;
        foreach (var part in parts)
        {
            isBelowLink |= _links.Contains(key);
            key = Key(key, part);
        }
        if (!_paths.Add(key)) findings.Warning(FindingId.TarDuplicate, location, $"The path {entry.Path} comes twice.");
        if (isBelowLink) findings.Error(FindingId.TarThroughLink, location, $"{entry.Path} lies below a symbolic link of the same layer.");
        if (entry.Type == TarEntryType.SymbolicLink) _links.Add(key);
    }

    private static bool Leaves(int depth, string target)
    {
        if (target.StartsWith('/')) depth = 0;
        foreach (var part in LayerPath.Parts(target))
        {
            depth += part == ".." ? -1 : 1;
            if (depth < 0) return true;
        }
        return false;
    }

    private static string Shown(string text) => text.Length <= 200 ? text : text[..(char.IsHighSurrogate(text[199]) ? 199 : 200)] + "…";

    private UInt128 Key(UInt128 folder, string name)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_input, folder);
        var length = KeySize + Encoding.UTF8.GetBytes(name, _input.AsSpan(KeySize));
        SHA256.HashData(_input.AsSpan(0, length), _hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(_hash);
    }
}
