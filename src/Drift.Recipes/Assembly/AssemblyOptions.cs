// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What a project file says of how its sources are assembled and linked.</summary>
internal sealed record AssemblyOptions
{
    /// <summary>The symbol that the program starts at.</summary>
    public string Entry { get; init; } = "_start";

    /// <summary>Folders to search what the sources include, after those that always are; <see cref="Located"/> makes them paths of this machine.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Macros that are defined on the command line, for NASM and for clang's preprocessor.</summary>
    public IReadOnlyDictionary<string, string> Define { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where they stand in the project file.</summary>
    public YamlNode Node { get; init; } = new("");

    /// <summary>The options with the paths of folders that exist.</summary>
    /// <exception cref="DriftException">One does not exist, or is a link that leaves the project.</exception>
    public AssemblyOptions Located(ProjectLayers layers) => this with { Include = [.. Include.Select(folder => Existing(folder, layers))] };

    private string Existing(string folder, ProjectLayers layers) => layers.Resolve(folder) is var path && Directory.Exists(path)
        ? path
        : throw Node.Error($"There is no folder {folder} to include from.", "Correct include, or make the folder.");
}
