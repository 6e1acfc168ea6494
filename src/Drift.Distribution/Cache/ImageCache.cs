// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A folder with blobs that were fetched or packed before: <c>blobs/</c> by digest, and <c>layers/</c>, which says what came of which
/// inputs. Blobs are checked by their digest whenever they are read. Several processes may use the folder at once. It grows to a bound; what
/// was not used for longest goes first. It never makes a build fail.
/// </summary>
public sealed class ImageCache : ILayerCache, IImageSource
{
    /// <summary>The bound where nothing else is said: 5 GiB.</summary>
    public const long StandardSize = 5L << 30;

    private const UnixFileMode OnlyMe = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    // Trimming goes below the bound, so that the next build does not have to do it again.
    private const double TrimTo = 0.8;

    private readonly string _directory;
    private readonly long _maximumSize;
    private bool _hasGrown;

    private ImageCache(string directory, long maximumSize)
    {
        _directory = directory;
        _maximumSize = maximumSize;
    }

    /// <summary>Opens a cache, whose folder is made when it is not there; null when that cannot be done.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="maximumSize">How many bytes it may keep between two builds.</param>
    public static ImageCache? TryOpen(string directory, long maximumSize = StandardSize)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumSize);
        var cache = new ImageCache(directory, maximumSize);
        return Try(() =>
        {
            foreach (var folder in (string[])[cache.BlobDirectory, cache.LayerDirectory]) Directory.CreateDirectory(folder, OnlyMe);
            return cache;
        });
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private string BlobDirectory => Path.Combine(_directory, "blobs", "sha256");

    private string LayerDirectory => Path.Combine(_directory, "layers");

    /// <summary>The same source, but what is here is not fetched, and what is fetched is kept.</summary>
    public IImageSource Through(IImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new CachedSource(source, this);
    }

    /// <inheritdoc/>
    public ValueTask<PackedLayer?> FindAsync(Digest inputs, CancellationToken cancellationToken = default) => new(Try(() =>
    {
        var path = LayerPath(inputs);
        var layer = CachedLayer.Read(File.ReadAllBytes(path), this);
        if (layer is null) return null;
        // The time of change is that of the last use.
        File.SetLastWriteTimeUtc(path, Now);
        if (Contains(layer.Descriptor)) File.SetLastWriteTimeUtc(BlobPath(layer.Descriptor.Digest), Now);
        return layer;
    }));

    /// <inheritdoc/>
    public ValueTask<BlobStream?> CreateBlobAsync(CancellationToken cancellationToken = default) =>
        new(Try(() => new CachedBlobStream(AtomicFile.TemporaryName(Path.Combine(BlobDirectory, "blob")), BlobPath, () => _hasGrown = true)));

    /// <inheritdoc/>
    public async ValueTask AddAsync(Digest inputs, PackedLayer layer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!Contains(layer.Descriptor)) return;
        try
        {
            await AtomicFile.WriteAsync(LayerPath(inputs), CachedLayer.Write(layer), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            // The layer is packed again the next time.
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DriftException">The cache lacks the blob.</exception>
    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return new(Try(() => new VerifyingStream(File.OpenRead(BlobPath(descriptor.Digest)), descriptor, "The cache", () => Forget(descriptor.Digest)))
            ?? throw new DriftException(ErrorCode.NotFound, $"The cache lacks the blob {descriptor.Digest}.", "Build again without the cache."));
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        await this.ReadSmallBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Takes away what was not used for longest until the bound holds, and what killed processes left half-written. Called once at the end of
    /// a build; it looks around only when this process has added something.
    /// </summary>
    public void Trim()
    {
        if (!_hasGrown) return;
        Try(() =>
        {
            AtomicFile.DeleteAbandoned(BlobDirectory);
            AtomicFile.DeleteAbandoned(LayerDirectory);
            var files = new DirectoryInfo(_directory).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc).ToArray();
            var size = files.Sum(file => file.Length);
            if (size <= _maximumSize) return this;
            foreach (var file in files.TakeWhile(_ => size > _maximumSize * TrimTo))
            {
                size -= file.Length;
                file.Delete();
            }
            return this;
        });
    }

    internal bool Contains(Descriptor descriptor)
    {
        var file = new FileInfo(BlobPath(descriptor.Digest));
        return file.Exists && file.Length == descriptor.Size;
    }

    /// <summary>Takes away a blob that is not what its name says.</summary>
    private void Forget(Digest blob) => Try(() =>
    {
        File.Delete(BlobPath(blob));
        return this;
    });

    private string BlobPath(Digest digest) => Path.Combine(_directory, "blobs", digest.Algorithm, digest.Hex);

    private string LayerPath(Digest inputs) => Path.Combine(LayerDirectory, inputs.Hex);

    private static T? Try<T>(Func<T?> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return null;
        }
    }

    private static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;
}
