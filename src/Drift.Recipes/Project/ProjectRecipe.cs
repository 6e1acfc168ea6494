// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A folder with a <c>drift.yaml</c>: another recipe, or files alone, and on top of it the layers, the config and the annotations that the
/// file names.
/// </summary>
public sealed class ProjectRecipe : Recipe
{
    private static readonly string[] PathTransports = ["oci:", "oci-archive:", "docker-archive:"];
    private readonly Recipe _recipe;
    private IReadOnlyDictionary<string, string>? _annotations;

    private ProjectRecipe(string directory, ProjectFile file, Recipe recipe)
        : base(directory)
    {
        File = file;
        _recipe = recipe;
    }

    /// <summary>What the project file says.</summary>
    public ProjectFile File { get; }

    /// <inheritdoc/>
    public override string Name => File.Name ?? base.Name;

    /// <inheritdoc/>
    public override string Description => _recipe.Description;

    /// <summary>The annotations of each manifest and of the index; the file's own win over those of the Git commit, which are read once.</summary>
    /// <exception cref="DriftException">They are wanted of a Git commit, and there is none, or no program to ask.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>> ReadAnnotationsAsync(CancellationToken cancellationToken = default)
    {
        if (_annotations is not null) return _annotations;
        var annotations = File.Git ? (await SourceCommit.ReadAsync(Directory, countsUnknown: false, cancellationToken).ConfigureAwait(false)).ToAnnotations() : [];
        foreach (var (name, value) in File.Annotations) annotations[name] = value;
        return _annotations = annotations;
    }

    /// <summary>The project in a folder.</summary>
    /// <param name="directory">The folder of the project file.</param>
    /// <param name="file">What it says.</param>
    /// <param name="options">What wins over it.</param>
    internal static ProjectRecipe Create(string directory, ProjectFile file, RecipeOptions options)
    {
        var layers = new ProjectLayers(directory);
        var source = file.Source is null ? directory : layers.Resolve(file.Source);
        if (!System.IO.Directory.Exists(source)) throw new DriftException(ErrorCode.SourceNotFound, $"There is no folder {source}, which {ProjectFile.FileName} names as source.", "Correct source, or make the folder.");
        options = options with { Base = options.Base ?? Located(directory, file.Base), Site = file.Site ?? new SiteOptions(), Assembly = file.Assembly?.Located(layers) };
        var isEmpty = file.Layers.Count == 0 && file.Include.Count == 0 && options.Base is null;
        var recipe = file.Recipe == FilesRecipe.Kind ? null : TryRecognise(source, options, file.Recipe);
        if (recipe is null && file.Recipe is not (null or FilesRecipe.Kind))
        {
            throw new DriftException(ErrorCode.UnrecognisedSource, $"{source} is not what the recipe {file.Recipe} builds.", $"Name its folder as source in {ProjectFile.FileName}, or leave recipe out.");
        }
        if (recipe is null && file.Source is not null) throw Unrecognised(source);
        if (recipe is null && isEmpty && file.Recipe is null) throw Unrecognised(source);
        recipe ??= new FilesRecipe(directory, options);
        EnsureBase(recipe, options);
        if (file.Site is not null && recipe is not SiteRecipe)
        {
            throw new DriftException(ErrorCode.InvalidProject, $"{ProjectFile.FileName} says how a site is served, and {recipe.Description} is none.", "Name the folder with the index.html as source, or leave site out.");
        }
        if (file.Assembly is { } assembly && recipe is not AssemblyRecipe) throw assembly.Node.Error($"assembly means nothing for {recipe.Description}.", "Leave it out, or name the folder of the sources as source.");
        return new ProjectRecipe(directory, file with { Git = file.Git || options.Git }, recipe);
    }

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var annotations = await ReadAnnotationsAsync(cancellationToken).ConfigureAwait(false);
        var layers = new ProjectLayers(Directory);
        await layers.PlanAsync(File, cancellationToken).ConfigureAwait(false);
        return await _recipe.PlanAsync(platforms.Count > 0 ? platforms : File.Platforms, options, Change, cancellationToken).ConfigureAwait(false);

        Image Change(Image image)
        {
            image = layers.AddTo(image.WithConfig(File.Apply));
            if (File.Author is not null) image = image.WithAuthor(File.Author);
            if (annotations.Count > 0) image = image.WithAnnotations(annotations.Concat(image.Annotations?.Where(old => !annotations.ContainsKey(old.Key)) ?? []).ToDictionary(StringComparer.Ordinal));
            return finish(image);
        }
    }

    /// <summary>Paths in the file are relative to it, wherever the tool is started.</summary>
    private static string? Located(string directory, string? name) =>
        Array.Find(PathTransports, transport => name?.StartsWith(transport, StringComparison.Ordinal) == true) is { } found ? found + Path.Combine(directory, name![found.Length..]) : name;
}
