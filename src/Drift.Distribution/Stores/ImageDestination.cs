// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A place that an image is written to: blobs and manifests into <see cref="Sink"/>, then <see cref="CompleteAsync"/> once.</summary>
public sealed class ImageDestination : IAsyncDisposable
{
    private readonly ImageLocation _location;
    private readonly Func<Descriptor, CancellationToken, Task> _complete;
    private readonly IDisposable? _owned;

    private ImageDestination(ImageLocation location, IImageSink sink, Func<Descriptor, CancellationToken, Task> complete, IDisposable? owned = null)
    {
        _location = location;
        Sink = sink;
        _complete = complete;
        _owned = owned;
    }

    /// <summary>Where blobs and manifests go.</summary>
    public IImageSink Sink { get; }

    /// <summary>Opens a location to write one image, or one index of images, into it.</summary>
    /// <param name="location">Where to.</param>
    /// <param name="platform">The platform that Docker, which loads one image, takes from an index; null for this machine's.</param>
    /// <param name="registries">Speaks to registries; null for <see cref="RegistryClient.Anonymous"/>.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    public static async Task<ImageDestination> OpenAsync(ImageLocation location, Platform? platform = null, RegistryClient? registries = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (location.Transport == ImageTransport.Registry)
        {
            var reference = location.Reference!;
            if (reference.Digest is not null)
            {
                throw new DriftException(ErrorCode.NotSupported, $"{location} names a digest, which cannot be chosen when an image is written.", "Name a tag instead.");
            }
            var repository = (registries ?? RegistryClient.Anonymous).Open(reference);
            return new ImageDestination(location, repository, (root, token) => repository.TagAsync(root, (reference.Tag ?? Tag.Latest).ToString(), token));
        }
        if (location.Transport == ImageTransport.OciLayout)
        {
            var layout = await OciLayout.OpenOrCreateAsync(location.Path, cancellationToken).ConfigureAwait(false);
            return new ImageDestination(location, layout, (root, token) => layout.TagAsync(root, location.Name, token));
        }

        if (Directory.Exists(location.Path))
        {
            throw new DriftException(ErrorCode.FileSystem, $"{location.Path} is a folder.", "Name a file for the archive.");
        }
        // A tar entry's size comes before its bytes, so an archive is collected first: beside its place, when it has one.
        var engine = EngineStore.Of(location.Transport);
        engine?.EnsureInstalled();
        var directory = engine is null ? TemporaryDirectory.CreateBeside(location.Path) : TemporaryDirectory.Create();
        try
        {
            var collected = await OciLayout.OpenOrCreateAsync(directory.Path, cancellationToken).ConfigureAwait(false);
            return new ImageDestination(location, collected, (root, token) => engine is null
                ? WriteArchiveAsync(collected, root, location, platform, token)
                : engine.LoadAsync(collected, root, ImageReference.Parse(location.Name!), platform, token), directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Makes the image visible: moves the tag, writes the archive, or loads it into the engine. Everything that it needs is in the sink already.</summary>
    public async Task CompleteAsync(Descriptor root, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(root);
        await LocalStore.GuardAsync(_location.ToString(), async () =>
        {
            await _complete(root, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _owned?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task WriteArchiveAsync(OciLayout collected, Descriptor root, ImageLocation location, Platform? platform, CancellationToken cancellationToken)
    {
        var lists = (await collected.ReadEntriesAsync(cancellationToken).ConfigureAwait(false)).Where(entry => Referrer.IsTag(ImageName.TagOf(entry))).ToArray();
        var archive = location.Transport == ImageTransport.OciArchive
            ? await ImageArchive.OfLayoutAsync(collected, ImageName.With(root, location.Name), lists, cancellationToken).ConfigureAwait(false)
            : await ImageArchive.OfDockerAsync(collected, root, location.Name is null ? null : ImageReference.Parse(location.Name), platform ?? Platform.ThisMachine, cancellationToken).ConfigureAwait(false);
        await AtomicFile.WriteAsync(location.Path, async output => await archive.WriteAsync(output, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
