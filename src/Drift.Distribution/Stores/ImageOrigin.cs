// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>An image, or an index of images, opened where it is.</summary>
public sealed class ImageOrigin : IAsyncDisposable
{
    private readonly IDisposable? _owned;

    private ImageOrigin(IImageSource source, Descriptor root, IDisposable? owned)
    {
        Source = source;
        Root = root;
        _owned = owned;
    }

    /// <summary>Where to read blobs and manifests.</summary>
    public IImageSource Source { get; }

    /// <summary>The manifest or index that the location names.</summary>
    public Descriptor Root { get; }

    /// <summary>Opens an image. Archives are unpacked into a temporary folder, which is gone when this is disposed.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="registries">Speaks to registries; null for <see cref="RegistryClient.Anonymous"/>.</param>
    /// <param name="cache">Keeps what a registry sends; null for nothing.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    public static async Task<ImageOrigin> OpenAsync(ImageLocation location, RegistryClient? registries = null, ImageCache? cache = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (location.Transport == ImageTransport.Registry)
        {
            var repository = (registries ?? RegistryClient.Anonymous).Open(location.Reference!);
            return new ImageOrigin(cache?.Through(repository) ?? repository, await repository.ResolveAsync(location.Reference!.Target, cancellationToken).ConfigureAwait(false), null);
        }
        if (location.Transport == ImageTransport.OciLayout)
        {
            var layout = OciLayout.Open(location.Path);
            return new ImageOrigin(layout, await layout.ResolveAsync(location.Name, cancellationToken).ConfigureAwait(false), null);
        }

        var directory = TemporaryDirectory.Create();
        try
        {
            var (layout, root) = await UnpackAsync(location, directory.Path, cancellationToken).ConfigureAwait(false);
            return new ImageOrigin(layout, root, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Reads the image for a platform, to be built upon. It needs this origin, and so has to be packed before this is disposed.</summary>
    /// <exception cref="DriftException">There is none for the platform, or it is no container image.</exception>
    public async Task<Image> ReadImageAsync(Platform platform, CancellationToken cancellationToken = default) =>
        await Image.FromAsync(Source, await Source.SelectPlatformAsync(Root, platform, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _owned?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<(OciLayout Layout, Descriptor Root)> UnpackAsync(ImageLocation location, string directory, CancellationToken cancellationToken)
    {
        if (EngineStore.Of(location.Transport) is { } engine)
        {
            location = await engine.SaveAsync(ImageReference.Parse(location.Name!), System.IO.Path.Combine(directory, "saved.tar"), cancellationToken).ConfigureAwait(false);
        }
        var content = Directory.CreateDirectory(System.IO.Path.Combine(directory, "content")).FullName;
        if (location.Transport == ImageTransport.OciArchive)
        {
            var archived = await OciArchive.ReadAsync(location.Path, content, cancellationToken).ConfigureAwait(false);
            return (archived, await archived.ResolveAsync(location.Name, cancellationToken).ConfigureAwait(false));
        }
        var layout = await OciLayout.OpenOrCreateAsync(System.IO.Path.Combine(directory, "layout"), cancellationToken).ConfigureAwait(false);
        return (layout, await DockerArchive.ReadAsync(location.Path, location.Name, layout, content, cancellationToken).ConfigureAwait(false));
    }
}
