// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A repository of a registry (distribution-spec 1.1): reads and writes blobs, manifests and tags.</summary>
public sealed class Repository : IImageSource, IImageSink
{
    // A request to ask for a small blob costs as much as sending it.
    private const int SmallestWorthAsking = 16 * 1024;
    private static readonly string[] ManifestTypes = [MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerIndex, MediaTypes.DockerManifest];
    private readonly RegistryConnection _connection;
    private readonly ConcurrentDictionary<Digest, ReadOnlyMemory<byte>> _manifests = [];

    private Repository(RegistryConnection connection, RepositoryName name)
    {
        _connection = connection;
        Name = name;
    }

    /// <summary>The repository's name inside its registry.</summary>
    public RepositoryName Name { get; }

    /// <summary>The repository of a reference. Nothing is sent yet.</summary>
    public static Repository Open(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return new Repository(new RegistryConnection(reference.Host), reference.Repository);
    }

    /// <summary>What a tag, or a digest, stands for.</summary>
    /// <param name="target">A tag or a digest, as <see cref="ImageReference.Target"/> gives it.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<Descriptor> ResolveAsync(string target, CancellationToken cancellationToken = default)
    {
        var isDigest = Digest.TryParse(target, out var asked);
        if (!isDigest) _ = Tag.Parse(target);
        using var response = await GetManifestAsync(target, cancellationToken).ConfigureAwait(false);
        var content = await ReadBoundedAsync(response, $"{Name}:{target}", cancellationToken).ConfigureAwait(false);
        var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        if (!ManifestTypes.Contains(mediaType))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{_connection.Host}/{Name}:{target} is neither an image nor an index: its media type is '{mediaType}'.", "Name an image in the format of OCI or of Docker's schema 2.");
        }
        // The digest is computed here, never taken from a header: what was asked for by digest must have it.
        var descriptor = isDigest
            ? new Descriptor { MediaType = mediaType, Digest = asked, Size = content.Length }
            : Descriptor.Of(mediaType, content);
        Check(descriptor, content);
        Remember(descriptor, content);
        return descriptor;
    }

    /// <summary>Points a tag at a manifest that this repository has.</summary>
    public async Task TagAsync(Descriptor descriptor, string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _ = Tag.Parse(tag);
        await PutManifestAsync(tag, descriptor, await ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (descriptor.Size < SmallestWorthAsking) return false;
        using var request = new HttpRequestMessage(HttpMethod.Head, Address($"blobs/{descriptor.Digest}"));
        using var response = await _connection.SendAsync(request, [HttpStatusCode.OK, HttpStatusCode.NotFound], cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <inheritdoc/>
    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) =>
        new(new BlobUpload(_connection, Address("blobs/uploads/"), expected, ContainsBlobAsync));

    /// <summary>Mounts a blob of another repository of the same registry (distribution-spec, "Mounting a blob from another repository").</summary>
    public async ValueTask<bool> TryMountBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (source is CachedSource cached) source = cached.Inner;
        if (source is not Repository other || other._connection.Address != _connection.Address || other.Name == Name) return false;
        var query = $"mount={Uri.EscapeDataString(descriptor.Digest.ToString())}&from={Uri.EscapeDataString(other.Name.ToString())}";
        using var request = new HttpRequestMessage(HttpMethod.Post, Address("blobs/uploads/?" + query));
        // A registry that does not mount opens an upload, which it drops when nothing comes.
        using var response = await _connection.SendAsync(request, [HttpStatusCode.Created, HttpStatusCode.Accepted], cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created;
    }

    /// <inheritdoc/>
    public async ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        await PutManifestAsync(descriptor.Digest.ToString(), descriptor, content, cancellationToken).ConfigureAwait(false);
        Remember(descriptor, content);
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        using var request = new HttpRequestMessage(HttpMethod.Get, Address($"blobs/{descriptor.Digest}"));
        var response = await _connection.SendAsync(request, [HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
        // The stream owns the answer: disposing it ends both.
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new VerifyingStream(new DownloadStream(response, body), descriptor, $"{_connection.Host}/{Name}");
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_manifests.TryGetValue(descriptor.Digest, out var known)) return known;
        using var response = await GetManifestAsync(descriptor.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        var content = await ReadBoundedAsync(response, descriptor.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        Check(descriptor, content);
        return content;
    }

    private async Task<HttpResponseMessage> GetManifestAsync(string target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address($"manifests/{target}"));
        foreach (var type in ManifestTypes) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        return await _connection.SendAsync(request, [HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
    }

    private async Task PutManifestAsync(string target, Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Address($"manifests/{target}"))
        {
            Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(descriptor.MediaType) } },
        };
        using var response = await _connection.SendAsync(request, [HttpStatusCode.Created, HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
    }

    private Uri Address(string path) => new(_connection.Address, $"v2/{Name}/{path}");

    /// <summary>Keeps the few manifests of one image, so that tagging it does not fetch them again.</summary>
    private void Remember(Descriptor descriptor, ReadOnlyMemory<byte> content)
    {
        if (_manifests.Count < 64) _manifests[descriptor.Digest] = content;
    }

    private async Task<byte[]> ReadBoundedAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(OciJson.MaximumSize, cancellationToken).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"{_connection.Host} sends more than {OciJson.MaximumSize} bytes as the manifest {what}.", "Do not use this image; no registry accepts a manifest of this size.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw RegistryConnection.Unreachable(response.RequestMessage!.RequestUri!, e);
        }
    }

    private void Check(Descriptor descriptor, byte[] content)
    {
        using var hash = descriptor.Digest.CreateHash();
        hash.AppendData(content);
        var actual = hash.GetHashAndReset();
        if (content.Length != descriptor.Size || !descriptor.Digest.Matches(actual))
        {
            throw new ContentException(descriptor, descriptor.Digest.Algorithm == "sha256" ? Digest.FromSha256(actual) : null, content.Length, $"{_connection.Host}/{Name}");
        }
    }
}
