// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>How a folder becomes images: recognised by what is in it.</summary>
public abstract class Recipe
{
    // The first that recognises a folder decides.
    private static readonly (string Kind, Func<string, RecipeOptions, Recipe?> TryRecognise)[] Recognisers =
    [
        ("dotnet", DotNetRecipe.TryRecognise),
        ("assembly", AssemblyRecipe.TryRecognise),
        ("site", SiteRecipe.TryRecognise),
        ("dotnet", DotNetRecipe.TryRecogniseExecutable),
        ("executable", static (directory, _) => ExecutableRecipe.TryRecognise(directory)),
    ];

    private protected Recipe(string directory) => Directory = directory;

    /// <summary>The folder.</summary>
    public string Directory { get; }

    /// <summary>What the folder is, in words, for example <c>the site ./public</c>.</summary>
    public abstract string Description { get; }

    /// <summary>A repository name: the one that a project file states, or else made of the folder's own, for example <c>public</c>.</summary>
    public virtual string Name => RepositoryNameOf(new DirectoryInfo(Path.GetFullPath(Directory)).Name);

    /// <summary>The names of the recipes for what a project file calls its source.</summary>
    internal static IEnumerable<string> Kinds => Recognisers.Select(recogniser => recogniser.Kind).Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Recognises a folder: by its <c>drift.yaml</c>, or else a published .NET app, assembly sources, an <c>index.html</c>, or one static
    /// ELF.
    /// </summary>
    /// <exception cref="DriftException">The folder does not exist, holds none of these, or does not take a base that the options name; or its project file has an error.</exception>
    public static Recipe Detect(string directory, RecipeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new RecipeOptions();
        if (!System.IO.Directory.Exists(directory))
        {
            throw File.Exists(directory)
                ? new DriftException(ErrorCode.SourceNotFound, $"{directory} is a file, not a folder.", "Name the folder that holds it.")
                : new DriftException(ErrorCode.SourceNotFound, $"There is no folder {directory}.", "Name a folder that exists.");
        }
        try
        {
            if (ProjectFile.TryRead(directory) is { } file) return ProjectRecipe.Create(directory, file, options);
            if (options.Git) return ProjectRecipe.Create(directory, new ProjectFile(), options);
            var recipe = TryRecognise(directory, options) ?? throw Unrecognised(directory);
            EnsureBase(recipe, options);
            return recipe;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{directory} cannot be read: {e.Message}", "Check its permissions.", e);
        }
    }

    /// <summary>Plans one image for each platform.</summary>
    /// <param name="platforms">The platforms to build for; none for all that the folder has.</param>
    /// <param name="options">How the images will be packed: a page that states its image's size depends on it.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="DriftException">A platform is not there, or a source does not build.</exception>
    public Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(platforms);
        ArgumentNullException.ThrowIfNull(options);
        return PlanAsync([.. platforms.Distinct()], options, static image => image, cancellationToken);
    }

    /// <summary>Plans one image for each platform, with a change to each that comes last; a page that states its image's size counts it in.</summary>
    internal abstract Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken);

    /// <summary>What a folder is, among all recipes or those of one name; null when it is none.</summary>
    private protected static Recipe? TryRecognise(string directory, RecipeOptions options, string? kind = null)
    {
        foreach (var (name, recognise) in Recognisers)
        {
            if ((kind is null || name == kind) && recognise(directory, options) is { } recipe) return recipe;
        }
        return null;
    }

    private protected static DriftException Unrecognised(string directory) => DotNetProject.Explain(directory) ?? new DriftException(ErrorCode.UnrecognisedSource,
        $"{directory} holds nothing that Drift can turn into an image.",
        "Name a folder with an index.html, assembly sources (*.S, *.s, *.asm), a published .NET app or one static ELF executable, or list its layers in a drift.yaml.");

    private protected static void EnsureBase(Recipe recipe, RecipeOptions options)
    {
        if (recipe is DotNetRecipe or FilesRecipe || (options.Base ?? RecipeOptions.Scratch) == RecipeOptions.Scratch) return;
        throw new DriftException(ErrorCode.NotSupported, $"The image of {recipe.Description} is built from scratch and takes no base.", "Leave the base out.");
    }

    /// <summary>
    /// The image of one program that listens on 8080: its user has a number, so that Kubernetes sees that it is not root
    /// (65532, as distroless images have it).
    /// </summary>
    private protected static Image ProgramImage(Platform platform, string path, ContentSource program) =>
        Image.Scratch(platform)
            .WithLayer(FileLayer.Create(files => files.Add(path, program, FileLayerBuilder.Executable)))
            .WithConfig(config => config with { User = "65532:65532", Entrypoint = [path], ExposedPorts = ["8080/tcp"], WorkingDirectory = "/", StopSignal = "SIGTERM" });

    private static string RepositoryNameOf(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != '-') text.Append('-');
        }
        return text.ToString().Trim('-') is { Length: > 0 } result ? result : "image";
    }
}
