// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>Builds what a folder holds into one place: what <c>up</c>, <c>build</c> and <c>release</c> share.</summary>
internal static class ImageBuild
{
    public static async Task<(PackedIndex Index, IReadOnlyList<PlatformReport> Platforms, IReadOnlyList<RecipeImage> Images)> RunAsync(
        Recipe recipe, IReadOnlyList<Platform> platforms, ImageLocation location, PackSettings settings, CancellationToken cancellationToken, string? version = null)
    {
        var (plan, images) = await PlanAsync(recipe, platforms, settings, cancellationToken, version).ConfigureAwait(false);
        var index = await PackAsync(plan, location, settings.OptionsFor(recipe), settings, cancellationToken).ConfigureAwait(false);
        return (index, [.. index.Images.Zip(images, static (packed, planned) =>
            new PlatformReport(packed.Config.Platform.ToString(), packed.Descriptor.Digest.ToString(), planned.BinarySize, packed.Size))], images);
    }

    /// <summary>Plans what a folder holds, for some platforms or for all that it has.</summary>
    public static async Task<(MultiPlatformImage Plan, IReadOnlyList<RecipeImage> Images)> PlanAsync(Recipe recipe, IReadOnlyList<Platform> platforms, PackSettings settings, CancellationToken cancellationToken, string? version = null)
    {
        var project = recipe as ProjectRecipe;
        if (platforms.Count == 0 && project is not null) platforms = project.File.Platforms;
        var images = await recipe.PlanAsync(platforms, settings.OptionsFor(recipe), cancellationToken).ConfigureAwait(false);
        var plan = new MultiPlatformImage(images.Select(image => image.Image));
        var annotations = new Dictionary<string, string>(project is null ? [] : await project.ReadAnnotationsAsync(cancellationToken).ConfigureAwait(false), StringComparer.Ordinal);
        if (version is not null) annotations["org.opencontainers.image.version"] = version;
        return (annotations.Count > 0 ? plan.WithAnnotations(annotations) : plan, images);
    }

    private static async Task<PackedIndex> PackAsync(MultiPlatformImage plan, ImageLocation location, PackOptions options, PackSettings settings, CancellationToken cancellationToken)
    {
        var destination = await ImageDestination.OpenAsync(location, plan.Images is [var only] ? only.Platform : null, settings.RegistriesFor(location), cancellationToken).ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        using var progress = settings.Progress();
        var index = await plan.PackAsync(new ProgressSink(destination.Sink, progress), options, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        await destination.CompleteAsync(index.Descriptor, cancellationToken).ConfigureAwait(false);
        return index;
    }
}
