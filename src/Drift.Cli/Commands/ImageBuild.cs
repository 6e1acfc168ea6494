// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>Builds what a folder holds into one place: what <c>up</c> and <c>build</c> share.</summary>
internal static class ImageBuild
{
    public static async Task<(PackedIndex Index, IReadOnlyList<PlatformReport> Platforms, IReadOnlyList<RecipeImage> Images)> RunAsync(
        Recipe recipe, IReadOnlyList<Platform> platforms, ImageLocation location, LayerCompression compression, CliHost host, CancellationToken cancellationToken)
    {
        var options = new PackOptions { Epoch = SourceDateEpoch(host), Compression = compression };
        var images = await recipe.PlanAsync(platforms, options, cancellationToken).ConfigureAwait(false);
        var destination = await ImageDestination.OpenAsync(location, platforms is [var only] ? only : null, cancellationToken).ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var index = await new MultiPlatformImage(images.Select(image => image.Image)).PackAsync(destination.Sink, options, cancellationToken).ConfigureAwait(false);
        await destination.CompleteAsync(index.Descriptor, cancellationToken).ConfigureAwait(false);
        return (index, [.. index.Images.Zip(images, static (packed, planned) =>
            new PlatformReport(packed.Config.Platform.ToString(), packed.Descriptor.Digest.ToString(), planned.BinarySize, packed.Size))], images);
    }

    /// <summary>The time that everything is stamped with (reproducible-builds.org/specs/source-date-epoch).</summary>
    public static long SourceDateEpoch(CliHost host)
    {
        const string Name = "SOURCE_DATE_EPOCH";
        // The year 9999 is the last that RFC 3339 can write.
        const long Last = 253_402_300_799;
        if (host.Variable(Name) is not { } text) return 0;
        return long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var epoch) && epoch <= Last
            ? epoch
            : throw new DriftException(ErrorCode.InvalidSetting, $"{Name} is '{text}', which is not a number of seconds since 1970.", $"Set {Name} to a whole number, for example $(git log -1 --format=%ct).");
    }
}
