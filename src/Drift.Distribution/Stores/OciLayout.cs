// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>An image layout folder (image-spec image-layout.md): <c>oci-layout</c>, <c>index.json</c> and <c>blobs/</c>.</summary>
public sealed class OciLayout : IReferrerSource, IImageSink
{
    private readonly string _name;
    private readonly LayoutIndex _index;

    private OciLayout(string directory, string? name = null)
    {
        Path = directory;
        _name = name ?? "oci:" + directory;
        _index = new LayoutIndex(directory, _name);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The content of <c>oci-layout</c>.</summary>
    internal static ReadOnlyMemory<byte> Marker { get; } = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    private string MarkerPath => System.IO.Path.Combine(Path, "oci-layout");

    private bool IsComplete => File.Exists(MarkerPath) && File.Exists(_index.Path);

    /// <summary>Opens a layout to read it.</summary>
    /// <exception cref="DriftException">The folder is no layout.</exception>
    public static OciLayout Open(string directory) => Open(directory, name: null);

    /// <summary>Opens a layout to write into it; an absent or empty folder becomes one.</summary>
    public static async Task<OciLayout> OpenOrCreateAsync(string directory, CancellationToken cancellationToken = default)
    {
        var layout = new OciLayout(directory);
        return await LocalStore.GuardAsync(directory, async () =>
        {
            if (layout.IsComplete)
            {
                AtomicFile.DeleteAbandoned(directory);
                return layout;
            }
            // What a creation that was cut off has left is no obstacle to the next one.
            if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any(entry => !IsOwn(System.IO.Path.GetFileName(entry))))
            {
                throw new DriftException(ErrorCode.FileSystem, $"{directory} holds other files and is not an OCI layout.", "Name an empty or a new folder.");
            }
            Directory.CreateDirectory(System.IO.Path.Combine(directory, "blobs", "sha256"));
            using var _ = await layout._index.LockAsync(cancellationToken).ConfigureAwait(false);
            if (!File.Exists(layout._index.Path))
            {
                await layout._index.WriteAsync(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] }, cancellationToken).ConfigureAwait(false);
            }
            // The marker comes last: with it, the layout is complete.
            await AtomicFile.WriteAsync(layout.MarkerPath, Marker, cancellationToken).ConfigureAwait(false);
            return layout;
        }).ConfigureAwait(false);
    }

    /// <summary>Finds an image by its tag; without one, the image without a tag, or the layout's only image.</summary>
    public async Task<Descriptor> ResolveAsync(string? tag, CancellationToken cancellationToken = default)
    {
        var index = await _index.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (tag is not null)
        {
            return index.Manifests.LastOrDefault(entry => ImageName.TagOf(entry) == tag) ?? throw NoTag(tag, index.Manifests);
        }
        // Lists of referrers are no images.
        var images = index.Manifests.Where(entry => !Referrer.IsTag(ImageName.TagOf(entry))).ToArray();
        if (images is [var only]) return only;
        return images.Where(entry => ImageName.TagOf(entry) is null).ToArray() switch
        {
            [var untagged] => untagged,
            _ when images.Length == 0 => throw new DriftException(ErrorCode.NotFound, $"{_name} holds no image.", "Build or pull an image into it first."),
            _ => throw new DriftException(ErrorCode.NotFound, $"{_name} holds {images.Length} images.", $"Add a tag, as in {_name}:TAG; it has {Tags(images)}."),
        };
    }

    /// <summary>Opens a layout that was unpacked from an archive; errors name the archive.</summary>
    internal static OciLayout Open(string directory, string? name)
    {
        var layout = new OciLayout(directory, name);
        if (layout.IsComplete) return layout;
        throw new DriftException(Directory.Exists(directory) ? ErrorCode.InvalidContent : ErrorCode.SourceNotFound,
            $"{layout._name} is not an OCI layout: it has no oci-layout and index.json.", "Name a folder or an archive that was written as oci: or oci-archive:.");
    }

    /// <summary>
    /// Lists an image in the layout's index. A tag moves from the image that had it; an image without a tag takes the place of the one
    /// without. The descriptor's annotations stay, but for those that name the image.
    /// </summary>
    public async Task TagAsync(Descriptor descriptor, string? tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        await _index.ChangeAsync(entries => entries.Where(entry => ImageName.TagOf(entry) != tag).Append(ImageName.With(descriptor, tag)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the layout's tags, in the order of its index.</summary>
    public async Task<IReadOnlyList<string>> ListTagsAsync(CancellationToken cancellationToken = default) =>
        [.. (await _index.ReadAsync(cancellationToken).ConfigureAwait(false)).Manifests.Select(ImageName.TagOf).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Takes a tag out of the layout's index. The blobs stay until <see cref="CollectGarbageAsync"/>.</summary>
    /// <exception cref="DriftException">There is no such tag.</exception>
    public async Task UntagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        await _index.ChangeAsync(entries =>
        {
            if (!entries.Any(entry => ImageName.TagOf(entry) == tag)) throw NoTag(tag, entries);
            return entries.Where(entry => ImageName.TagOf(entry) != tag);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes entries out of the layout's index, and manifests out of its lists of referrers. The blobs stay until <see cref="CollectGarbageAsync"/>.</summary>
    internal Task RemoveAsync(Func<Descriptor, bool> goes, IReadOnlySet<Digest> manifests, CancellationToken cancellationToken) =>
        _index.ChangeAsync(entries => new LayoutReferrers(this).RemoveAsync([.. entries.Where(entry => !goes(entry))], manifests, cancellationToken), cancellationToken);

    /// <summary>
    /// Deletes the blobs that no entry of the layout's index reaches: not by indexes, manifests, configs and layers, and not as a referrer,
    /// for example a signature, of a manifest that stays. Nobody can change the index meanwhile.
    /// </summary>
    /// <param name="grace">Blobs that were written or asked for less than this ago stay: a writer may be about to list them.</param>
    /// <param name="dryRun">Only tells what would be deleted.</param>
    /// <param name="cancellationToken">Stops the collection between two blobs.</param>
    /// <exception cref="DriftException">A manifest is missing or cannot be read, so that what it needs is not known. Nothing was deleted.</exception>
    public async Task<GarbageReport> CollectGarbageAsync(TimeSpan grace, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        return await LocalStore.GuardAsync(Path, async () =>
        {
            using var _ = await _index.LockAsync(cancellationToken).ConfigureAwait(false);
            var index = await _index.ReadAsync(cancellationToken).ConfigureAwait(false);
            var garbage = new LayoutGarbage(this, _name);
            await garbage.KeepAsync(index.Manifests, cancellationToken).ConfigureAwait(false);
            // The list of what refers to a manifest goes with the manifest, before what it lists does.
            if (!dryRun && !garbage.Needed(index.Manifests).SequenceEqual(index.Manifests)) await _index.WriteAsync(index with { Manifests = [.. garbage.Needed(index.Manifests)] }, cancellationToken).ConfigureAwait(false);
            return garbage.Delete(grace, dryRun, cancellationToken);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var file = new FileInfo(BlobPath(descriptor.Digest));
        if (!file.Exists || file.Length != descriptor.Size) return new(false);
        try
        {
            // Whoever asks is about to list it: a collection of garbage leaves it alone for as long as a new blob.
            file.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was deleted just now, or it is someone else's and cannot be touched; it is there or not all the same.
            return new(File.Exists(file.FullName));
        }
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) =>
        new(LocalStore.Guard<BlobStream>(Path, () => new FileBlobStream(AtomicFile.TemporaryName(System.IO.Path.Combine(Path, "blob")), BlobPath)));

    /// <inheritdoc/>
    public async ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        await this.WriteBlobAsync(descriptor, content, cancellationToken).ConfigureAwait(false);
        if (Referrer.Read(descriptor, content.Span) is { } referrer) await _index.ChangeAsync(entries => new LayoutReferrers(this).AddAsync(entries, referrer, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, string? artifactType = null, CancellationToken cancellationToken = default) =>
        await new LayoutReferrers(this).ReadAsync(await ReadEntriesAsync(cancellationToken).ConfigureAwait(false), subject, artifactType, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var path = BlobPath(descriptor.Digest);
        if (!File.Exists(path))
        {
            throw new DriftException(ErrorCode.NotFound, $"{_name} lacks the blob {descriptor.Digest}.", "Build or pull the image into the layout again; it is not complete.");
        }
        // What has no length is never opened: a pipe would wait for its writer.
        return new(LocalStore.Guard<Stream>(Path, () => new VerifyingStream(new FileInfo(path).Length == 0 ? Stream.Null : File.OpenRead(path), descriptor, _name)));
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        await this.ReadSmallBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);

    /// <summary>The entries of <c>index.json</c>.</summary>
    internal async Task<IReadOnlyList<Descriptor>> ReadEntriesAsync(CancellationToken cancellationToken) => (await _index.ReadAsync(cancellationToken).ConfigureAwait(false)).Manifests;

    /// <summary>The file of a blob.</summary>
    internal string BlobPath(Digest digest) => System.IO.Path.Combine(Path, "blobs", digest.Algorithm, digest.Hex);

    private static bool IsOwn(string name) => name is "blobs" or "index.json" or "oci-layout" or LayoutIndex.LockName || AtomicFile.IsTemporary(name);

    private DriftException NoTag(string tag, IReadOnlyList<Descriptor> entries) =>
        new(ErrorCode.NotFound, $"{_name} has no image with the tag {tag}.", $"Use one of its tags: {Tags(entries)}.");

    private static string Tags(IReadOnlyList<Descriptor> entries) =>
        string.Join(", ", entries.Select(ImageName.TagOf).OfType<string>().Take(10)) is { Length: > 0 } tags ? tags : "none";
}
