// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// The output of <c>dotnet publish</c>: framework-dependent, self-contained, a single file or Native AOT. It becomes layers by what changes
/// at the same time, on top of Microsoft's image for it or another base. All platforms share the layers.
/// </summary>
public sealed class DotNetRecipe : Recipe
{
    private const string Root = "/app";

    // What a folder without *.runtimeconfig.json is looked through for.
    private const int MaximumExecutables = 20;
    private static readonly Platform[] DefaultPlatforms = [Platform.LinuxAmd64, Platform.LinuxArm64];
    private readonly IReadOnlyList<string> _names;
    private readonly string? _executable;
    private readonly RecipeOptions _options;

    private DotNetRecipe(string directory, IReadOnlyList<string> names, string? executable, RecipeOptions options)
        : base(directory)
    {
        _names = names;
        _executable = executable;
        _options = options;
    }

    /// <inheritdoc/>
    public override string Description => $"the .NET app {Directory}";

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var tree = await FileTree.ReadAsync(Directory, new FileTreeOptions { ModeOf = ModeOf, Ignore = DockerIgnore.Parse(ProjectFile.FileName) }, cancellationToken).ConfigureAwait(false);
        var app = _executable is null
            ? await DotNetAppReader.ReadAsync(Directory, _names, cancellationToken).ConfigureAwait(false)
            : await DotNetAppReader.ReadExecutableAppAsync(_executable, cancellationToken).ConfigureAwait(false);
        var owners = new DotNetFileOwners(app, _options.LeaveOutSymbols);
        var layers = DotNetLayers.Plan(tree, owners, Root);
        owners.EnsureComplete(Directory);

        var bases = await OpenBaseAsync(app, cancellationToken).ConfigureAwait(false);
        var chosen = Choose(app, bases, platforms);
        return [.. chosen.Select(platform => new RecipeImage(
            finish(layers.Aggregate(platform, (image, layer) => image.WithLayer(layer.Layer, $"drift: {layer.Group.ToString().ToLowerInvariant()}"))
                .WithConfig(config => DotNetConfig.Of(config, app, owners.App.Version, Root))),
            null, null) { Layers = layers })];

        // Packages and archives come with modes of any kind, and a download may lose the executable's.
        int? ModeOf(string path) => _names.Contains(path, StringComparer.Ordinal) || path == Path.GetFileName(_executable) ? FileLayerBuilder.Executable
            : Path.GetExtension(path) is ".dll" or ".so" or ".pdb" or ".json" ? FileLayerBuilder.ReadOnly : null;
    }

    internal static DotNetRecipe? TryRecognise(string directory, RecipeOptions options)
    {
        var names = System.IO.Directory.EnumerateFiles(directory, "*" + RuntimeConfig.Suffix).Select(path => Path.GetFileName(path)[..^RuntimeConfig.Suffix.Length]).Where(name => name.Length > 0);
        return names.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } found ? new DotNetRecipe(directory, found, null, options) : null;
    }

    /// <summary>Recognises an app that is one executable: a single file, or Native AOT.</summary>
    internal static DotNetRecipe? TryRecogniseExecutable(string directory, RecipeOptions options)
    {
        var executables = ExecutableRecipe.ElfFilesIn(directory).Where(path => Path.GetExtension(path) is not (".so" or ".dbg")).Take(MaximumExecutables).ToArray();
        return executables.Where(DotNetAppReader.IsExecutableApp).ToArray() is [var only] ? new DotNetRecipe(directory, [], only, options) : null;
    }

    private async Task<IReadOnlyList<Image>> OpenBaseAsync(DotNetApp app, CancellationToken cancellationToken)
    {
        var name = _options.Base ?? app.StandardBase(Directory);
        if (name == RecipeOptions.Scratch)
        {
            if (app.Executable is { Interpreter: null, Platform: { } platform }) return [Image.Scratch(platform)];
            throw new DriftException(ErrorCode.NotSupported,
                $"{Directory} cannot run in an image from scratch: it needs {(app.Executable is null ? "a .NET runtime" : app.Executable.Interpreter)}.",
                "Leave --base out, name an image that has it, or publish with Native AOT and -p:StaticExecutable=true.");
        }
        return await _options.OpenBaseAsync(name, Directory, cancellationToken).ConfigureAwait(false);
    }

    private List<Image> Choose(DotNetApp app, IReadOnlyList<Image> bases, IReadOnlyList<Platform> platforms)
    {
        var chosen = new List<Image>();
        var objections = new List<string>();
        foreach (var platform in platforms.Count == 0 ? DefaultPlatforms : platforms)
        {
            var image = bases.FirstOrDefault(image => image.Platform.Serves(platform));
            var objection = app.Objection(platform) ?? (image is null ? "the base image is not there for it" : null);
            if (objection is null) chosen.Add(image!);
            else objections.Add($"not for {platform}: {objection}");
        }
        // Of the platforms that were asked for, none is left out silently.
        if (chosen.Count > 0 && (platforms.Count == 0 || objections.Count == 0)) return chosen;
        throw new DriftException(ErrorCode.NotSupported, $"{Directory} cannot be built {string.Join("; ", objections)}.",
            $"Publish it for that platform, or name another base with --base; this one is there for {string.Join(", ", bases.Select(image => image.Platform))}.");
    }
}
