// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>An image layout folder (image-spec image-layout.md): <c>oci-layout</c>, <c>index.json</c> and <c>blobs/</c>.</summary>
public sealed class OciLayout : IImageSource, IImageSink
{
    private const string ReferenceName = "org.opencontainers.image.ref.name";
    private const string LockName = ".index.lock";
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);

    private readonly string _name;

    private OciLayout(string directory, string? name = null)
    {
        Path = directory;
        _name = name ?? "oci:" + directory;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    private string IndexPath => System.IO.Path.Combine(Path, "index.json");

    private string MarkerPath => System.IO.Path.Combine(Path, "oci-layout");

    private bool IsComplete => File.Exists(MarkerPath) && File.Exists(IndexPath);

    /// <summary>Opens a layout to read it.</summary>
    /// <exception cref="DriftException">The folder is no layout.</exception>
    public static OciLayout Open(string directory) => Open(directory, name: null);

    /// <summary>Opens a layout to write into it; an absent or empty folder becomes one.</summary>
    public static async Task<OciLayout> OpenOrCreateAsync(string directory, CancellationToken cancellationToken = default)
    {
        var layout = new OciLayout(directory);
        return await LocalStore.GuardAsync(directory, async () =>
        {
            if (layout.IsComplete) return layout;
            // What a creation that was cut off has left is no obstacle to the next one.
            if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any(entry => !IsOwn(System.IO.Path.GetFileName(entry))))
            {
                throw new DriftException(ErrorCode.FileSystem, $"{directory} holds other files and is not an OCI layout.", "Name an empty or a new folder.");
            }
            Directory.CreateDirectory(System.IO.Path.Combine(directory, "blobs", "sha256"));
            using var _ = await layout.LockAsync(cancellationToken).ConfigureAwait(false);
            if (!File.Exists(layout.IndexPath))
            {
                await AtomicFile.WriteAsync(layout.IndexPath, OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] }), cancellationToken).ConfigureAwait(false);
            }
            // The marker comes last: with it, the layout is complete.
            await AtomicFile.WriteAsync(layout.MarkerPath, """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray(), cancellationToken).ConfigureAwait(false);
            return layout;
        }).ConfigureAwait(false);
    }

    /// <summary>Finds an image by its tag; without one, the image without a tag, or the layout's only image.</summary>
    public async Task<Descriptor> ResolveAsync(string? tag, CancellationToken cancellationToken = default)
    {
        var index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        if (tag is not null)
        {
            return index.Manifests.LastOrDefault(entry => TagOf(entry) == tag)
                ?? throw new DriftException(ErrorCode.NotFound, $"{_name} has no image with the tag {tag}.", $"Use one of its tags: {Tags(index)}.");
        }
        if (index.Manifests is [var only]) return only;
        return index.Manifests.Where(entry => TagOf(entry) is null).ToArray() switch
        {
            [var untagged] => untagged,
            _ when index.Manifests.Count == 0 => throw new DriftException(ErrorCode.NotFound, $"{_name} holds no image.", "Build or pull an image into it first."),
            _ => throw new DriftException(ErrorCode.NotFound, $"{_name} holds {index.Manifests.Count} images.", $"Add a tag, as in {_name}:TAG; it has {Tags(index)}."),
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

    /// <summary>Lists an image in the layout's index. A tag moves from the image that had it; an image without a tag takes the place of the one without.</summary>
    public async Task TagAsync(Descriptor descriptor, string? tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        await LocalStore.GuardAsync(Path, async () =>
        {
            using var _ = await LockAsync(cancellationToken).ConfigureAwait(false);
            var index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
            var others = index.Manifests.Where(entry => TagOf(entry) != tag);
            var listed = descriptor with
            {
                Annotations = tag is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { [ReferenceName] = tag },
            };
            index = index with { Manifests = [.. others, listed] };
            await AtomicFile.WriteAsync(IndexPath, OciJson.Write(index), cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var file = new FileInfo(BlobPath(descriptor.Digest));
        return new(file.Exists && file.Length == descriptor.Size);
    }

    /// <inheritdoc/>
    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) =>
        new(LocalStore.Guard<BlobStream>(Path, () => new FileBlobStream(AtomicFile.TemporaryName(System.IO.Path.Combine(Path, "blobs", "sha256", "blob")), BlobPath)));

    /// <inheritdoc/>
    public async ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        await this.WriteBlobAsync(descriptor, content, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var path = BlobPath(descriptor.Digest);
        if (!File.Exists(path))
        {
            throw new DriftException(ErrorCode.NotFound, $"{_name} lacks the blob {descriptor.Digest}.", "Build or pull the image into the layout again; it is not complete.");
        }
        return new(LocalStore.Guard<Stream>(Path, () => new VerifyingStream(File.OpenRead(path), descriptor, _name)));
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        await this.ReadSmallBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);

    /// <summary>The file of a blob.</summary>
    internal string BlobPath(Digest digest) => System.IO.Path.Combine(Path, "blobs", digest.Algorithm, digest.Hex);

    private async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken) => await LocalStore.GuardAsync(Path, async () =>
    {
        var file = File.OpenRead(IndexPath);
        await using var _ = file.ConfigureAwait(false);
        if (file.Length > OciJson.MaximumSize) throw new DriftException(ErrorCode.InvalidContent, $"The index.json of {_name} is larger than {OciJson.MaximumSize} bytes.", "Write its images into several layouts.");
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return OciJson.ReadIndex(bytes, $"{_name}, index.json,");
    }).ConfigureAwait(false);

    /// <summary>Two writers change index.json one after the other. The lock ends with the process that holds it.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(Path, LockName);
        var deadline = Environment.TickCount64 + (long)LockTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && Environment.TickCount64 < deadline)
            {
                await Task.Delay(20, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // index.json and oci-layout have a suffix while they are written.
    private static bool IsOwn(string name) =>
        name is "blobs" or LockName || name.StartsWith("index.json", StringComparison.Ordinal) || name.StartsWith("oci-layout", StringComparison.Ordinal);

    private static string? TagOf(Descriptor entry) => entry.Annotations?.GetValueOrDefault(ReferenceName);

    private static string Tags(ImageIndex index) =>
        string.Join(", ", index.Manifests.Select(TagOf).OfType<string>().Take(10)) is { Length: > 0 } tags ? tags : "none";
}
