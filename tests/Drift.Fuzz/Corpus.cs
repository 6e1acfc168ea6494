// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Fuzz;

/// <summary>The inputs that a target begins with: one file each, in a folder of the target's name.</summary>
internal sealed class Corpus(string directory)
{
    /// <summary>The files of a target with their content, by name: their order decides what a seed makes of them.</summary>
    public IReadOnlyList<(string Path, byte[] Content)> Read(FuzzTarget target)
    {
        var folder = Path.Combine(directory, target.Name);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (path, File.ReadAllBytes(path)))] : [];
    }

    /// <summary>Writes what was found beside them, and returns the path.</summary>
    public string Add(FuzzTarget target, byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, target.Name)).FullName;
        var path = Path.Combine(folder, $"crash-{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}");
        File.WriteAllBytes(path, input);
        return path;
    }
}
