// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>How a folder becomes images: recognised by what is in it.</summary>
public abstract class Recipe
{
    private protected Recipe(string directory) => Directory = directory;

    /// <summary>The folder.</summary>
    public string Directory { get; }

    /// <summary>What the folder is, in words, for example <c>the site ./public</c>.</summary>
    public abstract string Description { get; }

    /// <summary>A repository name made of the folder's own name, for example <c>public</c>.</summary>
    public string Name => RepositoryNameOf(new DirectoryInfo(Path.GetFullPath(Directory)).Name);

    /// <summary>Recognises a folder: a published .NET app, assembly sources, an <c>index.html</c>, or one static ELF.</summary>
    /// <exception cref="DriftException">The folder does not exist, holds none of these, or does not take a base that the options name.</exception>
    public static Recipe Detect(string directory, RecipeOptions? options = null)
    {
        var recipe = Recognise(directory, options ?? new RecipeOptions());
        if (recipe is DotNetRecipe || (options?.Base ?? RecipeOptions.Scratch) == RecipeOptions.Scratch) return recipe;
        throw new DriftException(ErrorCode.NotSupported, $"The image of {recipe.Description} is built from scratch and takes no base.", "Leave --base out.");
    }

    private static Recipe Recognise(string directory, RecipeOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!System.IO.Directory.Exists(directory))
        {
            throw File.Exists(directory)
                ? new DriftException(ErrorCode.SourceNotFound, $"{directory} is a file, not a folder.", "Name the folder that holds it.")
                : new DriftException(ErrorCode.SourceNotFound, $"There is no folder {directory}.", "Name a folder that exists.");
        }
        try
        {
            return (Recipe?)DotNetRecipe.TryRecognise(directory, options)
                ?? (Recipe?)AssemblyRecipe.TryRecognise(directory)
                ?? (Recipe?)SiteRecipe.TryRecognise(directory)
                ?? (Recipe?)DotNetRecipe.TryRecogniseExecutable(directory, options)
                ?? (Recipe?)ExecutableRecipe.TryRecognise(directory)
                ?? throw DotNetProject.Explain(directory)
                ?? new DriftException(ErrorCode.UnrecognisedSource,
                    $"{directory} holds nothing that Drift can turn into an image.",
                    "Name a folder with an index.html, with assembly sources (*.S, *.s), with a published .NET app, or with one static ELF executable.");
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
    public abstract Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, CancellationToken cancellationToken = default);

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
