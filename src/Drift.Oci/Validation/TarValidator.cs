// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace Drift.Oci;

/// <summary>
/// Checks the entries of one layer's archive. Of each path only a hash of 16 bytes is kept, so that long paths cannot fill the memory.
/// </summary>
internal sealed class TarValidator(string location, FindingBag findings)
{
    private const int MaximumEntries = 2_000_000;
    private readonly HashSet<UInt128> _paths = [];
    private readonly HashSet<UInt128> _links = [];

    public static async Task ValidateAsync(TarReader tar, string location, FindingBag findings, CancellationToken cancellationToken)
    {
        var validator = new TarValidator(location, findings);
        for (var count = 0; await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; count++)
        {
            if (count == MaximumEntries) findings.Error(FindingId.TarTooManyEntries, location, $"The layer has more than {MaximumEntries} entries; the rest is not checked.");
            if (count < MaximumEntries) validator.Check(entry);
        }
    }

    private void Check(TarEntry entry)
    {
        if (entry.Path.Length > TarPath.MaximumLength)
        {
            findings.Error(FindingId.TarPathTooLong, location, $"The path of an entry has {entry.Path.Length} characters: {entry.Path[..80]}…");
            return;
        }
        var parts = TarPath.Split(entry.Path);
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
            case TarEntryType.HardLink when TarPath.Split(entry.LinkTarget).Contains(".."):
                findings.Error(FindingId.TarLinkLeavesRoot, location, $"The hard link {entry.Path} goes to {Shown(entry.LinkTarget)}, which may leave the image.");
                break;
            case TarEntryType.SymbolicLink when Leaves(parts.Length - 1, entry.LinkTarget):
                // Inside a container the kernel stops at the root; a tool that unpacks may not.
                findings.Warning(FindingId.TarLinkLeavesRoot, location, $"The symbolic link {entry.Path} goes to {Shown(entry.LinkTarget)}, above the root.");
                break;
        }
        if (parts.Length == 0) return;
        var path = string.Join('/', parts);
        if (!_paths.Add(Key(path))) findings.Warning(FindingId.TarDuplicate, location, $"The path {entry.Path} comes twice.");
        if (_links.Count > 0 && Enumerable.Range(1, parts.Length - 1).Any(count => _links.Contains(Key(string.Join('/', parts, 0, count)))))
        {
            findings.Error(FindingId.TarThroughLink, location, $"{entry.Path} lies below a symbolic link of the same layer.");
        }
        if (entry.Type == TarEntryType.SymbolicLink) _links.Add(Key(path));
    }

    private static bool Leaves(int depth, string target)
    {
        if (target.StartsWith('/')) depth = 0;
        foreach (var part in TarPath.Split(target))
        {
            depth += part == ".." ? -1 : 1;
            if (depth < 0) return true;
        }
        return false;
    }

    private static string Shown(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static UInt128 Key(string path)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(path));
        return new UInt128(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, 8));
    }
}
