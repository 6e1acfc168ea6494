// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Recipes;

/// <summary>
/// What <c>*.deps.json</c> says of an app: which library each file is of. Its paths are compared with those of the folder's files and
/// never opened, so they lead nowhere.
/// </summary>
internal sealed record DependencyManifest(IReadOnlyList<DotNetLibrary> Libraries, string? RuntimeIdentifier)
{
    public const string Suffix = ".deps.json";
    private const int MaximumLibraries = 10_000;
    private const int MaximumAssets = 200_000;
    private static readonly string[] Sections = ["runtime", "native", "resources", "runtimeTargets"];

    /// <summary>What is known of an app without the file: nothing.</summary>
    public static DependencyManifest None { get; } = new([], null);

    public static DependencyManifest Parse(ReadOnlyMemory<byte> json, string name) => DotNetJson.Parse(json, name, root =>
    {
        // For example ".NETCoreApp,Version=v10.0/linux-x64"; without the last part the app runs anywhere.
        var target = (root.Object("runtimeTarget") is { } named ? named.Text("name") : root.Text("runtimeTarget")) ?? throw DotNetJson.Invalid(name, "names no runtimeTarget");
        var listed = root.Object("targets")?.Object(target) ?? throw DotNetJson.Invalid(name, $"has no target {target}");
        // Not looked up one by one in the document: that would read it to its end for each library.
        var types = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (root.Object("libraries") is { } described)
        {
            foreach (var library in described.EnumerateObject()) types[library.Name] = library.Value.Text("type");
        }
        var libraries = new List<DotNetLibrary>();
        var assetCount = 0;
        foreach (var library in listed.EnumerateObject())
        {
            var assets = AssetsOf(library.Value).ToArray();
            assetCount += assets.Length;
            if (libraries.Count == MaximumLibraries || assetCount > MaximumAssets) throw DotNetJson.Invalid(name, "lists too many files");
            if (library.Name.Any(char.IsControl)) throw DotNetJson.Invalid(name, "has a library whose name is not printable");
            var slash = library.Name.LastIndexOf('/');
            var group = GroupOf(types.GetValueOrDefault(library.Name));
            libraries.Add(new DotNetLibrary(NameOf(slash < 0 ? library.Name : library.Name[..slash], group), slash < 0 ? "" : library.Name[(slash + 1)..], group, assets));
        }
        return new DependencyManifest(libraries, target.IndexOf('/', StringComparison.Ordinal) is >= 0 and var cut ? target[(cut + 1)..] : null);
    });

    private static RecipeLayerGroup GroupOf(string? type) => type?.ToLowerInvariant() switch
    {
        "runtimepack" => RecipeLayerGroup.Runtime,
        // A reference is an assembly that a project names by its file: made elsewhere, as a package is.
        "package" or "reference" => RecipeLayerGroup.Packages,
        "project" or "msbuildproject" => RecipeLayerGroup.Projects,
        _ => RecipeLayerGroup.App,
    };

    /// <summary>The framework itself, of <c>runtimepack.Microsoft.NETCore.App.Runtime.linux-x64</c>.</summary>
    private static string NameOf(string name, RecipeLayerGroup group)
    {
        const string Prefix = "runtimepack.";
        if (group != RecipeLayerGroup.Runtime || !name.StartsWith(Prefix, StringComparison.Ordinal)) return name;
        var end = name.IndexOf(".Runtime.", StringComparison.Ordinal);
        return end > Prefix.Length ? name[Prefix.Length..end] : name;
    }

    private static IEnumerable<DotNetAsset> AssetsOf(JsonElement library)
    {
        if (library.ValueKind != JsonValueKind.Object) yield break;
        foreach (var section in Sections)
        {
            if (library.Object(section) is not { } files) continue;
            foreach (var file in files.EnumerateObject())
            {
                // Packages keep a folder, which is where nothing is ("lib/net8.0/_._").
                if (file.Name.EndsWith("/_._", StringComparison.Ordinal)) continue;
                var isNative = section == "runtimeTargets" && file.Value.Text("assetType") == "native";
                yield return new DotNetAsset(file.Value.Text("localPath") ?? PathOf(section, file), section, isNative ? file.Value.Text("rid") : null);
            }
        }
    }

    /// <summary>A package's own folders are not kept: code lies flat, and its translations in a folder for each language.</summary>
    private static string PathOf(string section, JsonProperty file)
    {
        var fileName = file.Name[(file.Name.LastIndexOf('/') + 1)..];
        return section switch
        {
            "runtimeTargets" => file.Name,
            "resources" => $"{file.Value.Text("locale")}/{fileName}",
            _ => fileName,
        };
    }
}
