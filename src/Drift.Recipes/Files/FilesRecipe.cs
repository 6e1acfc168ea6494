// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A project whose image is a base and the layers that its <c>drift.yaml</c> names.</summary>
public sealed class FilesRecipe : Recipe
{
    /// <summary>The recipe's name in a project file.</summary>
    internal const string Kind = "files";

    private readonly RecipeOptions _options;

    internal FilesRecipe(string directory, RecipeOptions options)
        : base(directory) => _options = options;

    /// <inheritdoc/>
    public override string Description => $"the files of {Path.Combine(Directory, ProjectFile.FileName)}";

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        return [.. (await OpenBaseAsync(platforms, cancellationToken).ConfigureAwait(false)).Select(image => new RecipeImage(finish(image), null, null))];
    }

    private async Task<IEnumerable<Image>> OpenBaseAsync(IReadOnlyList<Platform> platforms, CancellationToken cancellationToken)
    {
        var name = _options.Base ?? RecipeOptions.Scratch;
        if (name == RecipeOptions.Scratch) return (platforms.Count == 0 ? [Platform.ThisMachine] : platforms).Select(Image.Scratch);
        var images = await _options.OpenBaseAsync(name, Directory, cancellationToken).ConfigureAwait(false);
        return platforms.Count == 0 ? images : new MultiPlatformImage(images).WithPlatforms(platforms).Images;
    }
}
