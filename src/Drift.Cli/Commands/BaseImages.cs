// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Opens the base images of a build, and keeps them open until it is done.</summary>
internal sealed class BaseImages(PackSettings settings) : IAsyncDisposable
{
    private readonly List<ImageOrigin> _origins = [];

    /// <summary>The images of a location, one for each platform.</summary>
    public async Task<IReadOnlyList<Image>> OpenAsync(string location, CancellationToken cancellationToken)
    {
        var parsed = ImageLocation.Parse(location);
        var origin = await ImageOrigin.OpenAsync(parsed, settings.RegistriesFor(parsed), settings.Cache, cancellationToken).ConfigureAwait(false);
        _origins.Add(origin);
        return MediaTypes.IsIndex(origin.Root.MediaType)
            ? (await MultiPlatformImage.FromAsync(origin.Source, origin.Root, cancellationToken).ConfigureAwait(false)).Images
            : [await Image.FromAsync(origin.Source, origin.Root, cancellationToken).ConfigureAwait(false)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var origin in _origins) await origin.DisposeAsync().ConfigureAwait(false);
    }
}
