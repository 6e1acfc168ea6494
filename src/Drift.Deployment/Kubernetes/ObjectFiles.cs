// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>The files of Kubernetes objects that paths name.</summary>
public static class ObjectFiles
{
    private const int MaximumFiles = 10_000;

    /// <summary>The names of files that say how objects are rendered, and hold none.</summary>
    private static readonly string[] Kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>Lists the files: of a folder its <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c>, in the order of their names, without those of kustomize.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="recursive">Whether folders are looked into all the way down, links excepted.</param>
    /// <exception cref="DriftException">A path is not there, or a folder holds no such file.</exception>
    public static IReadOnlyList<string> List(IEnumerable<string> paths, bool recursive)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return [.. paths.SelectMany(path => Directory.Exists(path) ? ListFolder(path, recursive) : [path]).Distinct(StringComparer.Ordinal)];
    }

    private static List<string> ListFolder(string folder, bool recursive)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = recursive, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden, IgnoreInaccessible = false };
        var files = Directory.EnumerateFiles(folder, "*", options)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json" && !Kustomizations.Contains(Path.GetFileName(file)))
            .Take(MaximumFiles + 1).Order(StringComparer.Ordinal).ToList();
        if (files.Count > MaximumFiles) throw new DriftException(ErrorCode.InvalidObjects, $"{folder} holds more than {MaximumFiles} files of objects.", "Name a folder with fewer.");
        return files.Count > 0 ? files : throw new DriftException(ErrorCode.SourceNotFound, $"{folder} holds no *.yaml, *.yml or *.json.",
            Kustomizations.Any(name => File.Exists(Path.Combine(folder, name))) ? $"Render it with -k {folder}." : "Name a folder of objects.");
    }
}
