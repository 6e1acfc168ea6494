// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>Finds the library that each file of a published folder is of; of two that list the same file, the first has it.</summary>
internal sealed class DotNetFileOwners
{
    private readonly DotNetApp _app;
    private readonly bool _leaveOutSymbols;
    private readonly Dictionary<string, DotNetLibrary> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public DotNetFileOwners(DotNetApp app, bool leaveOutSymbols)
    {
        _app = app;
        _leaveOutSymbols = leaveOutSymbols;
        var own = app.Own;
        App = new DotNetLibrary(app.Name, own?.Version ?? "", RecipeLayerGroup.App, []);
        foreach (var library in app.Dependencies.Libraries)
        {
            if (library == own || library.Group == RecipeLayerGroup.App) continue;
            foreach (var asset in library.Assets) _owners.TryAdd(asset.Path, library);
        }
    }

    /// <summary>The app: owner of all files that no library has.</summary>
    public DotNetLibrary App { get; }

    /// <summary>The owner of files that do not become part of the image.</summary>
    public DotNetLibrary LeftOut { get; } = new("", "", RecipeLayerGroup.App, []);

    public DotNetLibrary OwnerOf(string path)
    {
        _seen.Add(path);
        var extension = Path.GetExtension(path);
        if (extension is ".pdb" or ".dbg" && _leaveOutSymbols) return LeftOut;
        // The host that starts an app which runs anywhere is for the machine that published it, and dotnet starts the app here.
        if (_app is { Executable: null, Dependencies.RuntimeIdentifier: null } && (path == _app.Name || path == _app.Name + ".exe")) return LeftOut;
        if (_owners.TryGetValue(path, out var owner)) return owner;
        // What an assembly has beside it is its own, though it is not listed.
        if (extension is ".pdb" or ".xml" && _owners.TryGetValue(Path.ChangeExtension(path, ".dll"), out owner)) return owner;
        return App;
    }

    /// <summary>Checks, when all files have been asked for, that the assemblies without which the app does not start are there.</summary>
    public void EnsureComplete(string directory)
    {
        if (_app.Kind is DotNetAppKind.SingleFile or DotNetAppKind.NativeAot) return;
        var missing = _app.Dependencies.Libraries.SelectMany(library => library.Assets).FirstOrDefault(asset => asset.Kind == "runtime" && !_seen.Contains(asset.Path));
        if (missing is null) return;
        var otherCase = _seen.FirstOrDefault(path => string.Equals(path, missing.Path, StringComparison.OrdinalIgnoreCase));
        throw DotNetJson.Invalid(directory, $"lacks {missing.Path}, which {_app.Name}{DependencyManifest.Suffix} lists"
            + (otherCase is null ? "" : $"; it has {otherCase}, and Linux tells the two apart"));
    }
}
