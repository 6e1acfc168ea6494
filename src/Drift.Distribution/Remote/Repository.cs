// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A repository of a registry (distribution-spec 1.1): reads and writes blobs, manifests and tags.</summary>
public sealed class Repository : IReferrerSource, IImageSink
{
    // A request to ask for a small blob costs as much as sending it.
    private const int SmallestWorthAsking = 16 * 1024;
    private const int MostManifestRepetitions = 2;
    private static readonly string[] ManifestTypes = [MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerIndex, MediaTypes.DockerManifest];
    private readonly IReadOnlyList<RegistryConnection> _readFrom;
    private readonly ConcurrentDictionary<Digest, ReadOnlyMemory<byte>> _manifests = [];
    private readonly ConcurrentDictionary<Digest, UploadSession> _opened = [];

    internal Repository(RegistryConnection connection, IReadOnlyList<RegistryConnection> mirrors, RepositoryName name)
    {
        Connection = connection;
        _readFrom = [.. mirrors, connection];
        Name = name;
    }

    /// <summary>The repository's name inside its registry.</summary>
    public RepositoryName Name { get; }

    /// <summary>The registry's host, as references name it.</summary>
    public string Host => Connection.Host;

    internal RegistryConnection Connection { get; }

    /// <summary>Whether the registry lists referrers by itself; null before anyone has asked.</summary>
    internal bool? HasReferrersApi { get; private set; }

    /// <summary>The repository of a reference, without credentials. Nothing is sent yet.</summary>
    public static Repository Open(ImageReference reference) => RegistryClient.Anonymous.Open(reference);

    /// <summary>What a tag, or a digest, stands for.</summary>
    /// <param name="target">A tag or a digest, as <see cref="ImageReference.Target"/> gives it.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<Descriptor> ResolveAsync(string target, CancellationToken cancellationToken = default)
    {
        var isDigest = Digest.TryParse(target, out var asked);
        if (!isDigest) _ = Tag.Parse(target);
        return await ReadAsync(async registry =>
        {
            using var response = await GetManifestAsync(registry, target, [HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
            if (!ManifestTypes.Contains(mediaType))
            {
                throw new DriftException(ErrorCode.NotSupported, $"{registry.Host}/{Name}:{target} is neither an image nor an index: its media type is '{mediaType}'.", "Name an image in the format of OCI or of Docker's schema 2.");
            }
            // The digest is computed here, never taken from a header: what was asked for by digest must have it.
            var descriptor = isDigest
                ? new Descriptor { MediaType = mediaType, Digest = asked, Size = content.Length }
                : Descriptor.Of(mediaType, content);
            Check(registry, descriptor, content);
            Remember(descriptor, content);
            return descriptor;
        }).ConfigureAwait(false);
    }

    /// <summary>The digest that a tag stands for, by one request without a body where the registry tells it; null when there is no such tag.</summary>
    public async Task<Digest?> FindDigestAsync(string target, CancellationToken cancellationToken = default)
    {
        if (!Digest.TryParse(target, out _)) _ = Tag.Parse(target);
        var request = new RegistryRequest(HttpMethod.Head, Address(Connection, $"manifests/{target}"), TokenScope.Pull(Name), HttpStatusCode.OK, HttpStatusCode.NotFound) { Accept = ManifestTypes };
        using var response = await Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        if (response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.First(), out var told)) return told;
        return (await ResolveAsync(target, cancellationToken).ConfigureAwait(false)).Digest;
    }

    /// <summary>Points a tag at a manifest that this repository has.</summary>
    public async Task TagAsync(Descriptor descriptor, string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _ = Tag.Parse(tag);
        await PutManifestAsync(tag, descriptor, await ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the repository's tags, each once, in the registry's order.</summary>
    public IAsyncEnumerable<Tag> ListTagsAsync(CancellationToken cancellationToken = default) => new TagListing(this).ReadAsync(cancellationToken);

    /// <summary>
    /// Deletes a tag, and nothing else, or the manifest of a digest with all of its tags. Blobs stay until the registry collects them. A
    /// referrer is taken out of its subject's list first.
    /// </summary>
    /// <param name="target">A tag or a digest.</param>
    /// <param name="cancellationToken">Stops the deletion.</param>
    public async Task DeleteAsync(string target, CancellationToken cancellationToken = default)
    {
        if (!Digest.TryParse(target, out var digest)) _ = Tag.Parse(target);
        else await UnlistAsync(digest, cancellationToken).ConfigureAwait(false);
        await new TagDeletion(this).DeleteAsync(target, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return descriptor.Size >= SmallestWorthAsking && await HasBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) => new(new BlobUpload(this, wasAsked: expected is not null));

    /// <summary>
    /// Mounts a blob of another repository of the same registry, or of any where the registry finds it by itself (distribution-spec,
    /// "Mounting a blob from another repository").
    /// </summary>
    public async ValueTask<bool> TryMountBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (source is CachedSource cached) source = cached.Inner;
        var from = source is Repository other && other.Connection.Address == Connection.Address && other.Name != Name ? other.Name : (RepositoryName?)null;
        if (from is null && (descriptor.Size < SmallestWorthAsking || !Connection.Profile.MountsFromAnywhere)) return false;
        var query = $"?mount={Uri.EscapeDataString(descriptor.Digest.ToString())}{(from is null ? "" : $"&from={Uri.EscapeDataString(from.Value.ToString())}")}";
        var scope = from is null ? TokenScope.Push(Name) : TokenScope.Push(Name).And(TokenScope.Pull(from.Value));
        var request = new RegistryRequest(HttpMethod.Post, Address(Connection, "blobs/uploads/" + query), scope, HttpStatusCode.Created, HttpStatusCode.Accepted);
        try
        {
            using var response = await Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Created) return true;
            // A registry that does not mount opens an upload, which goes on with the bytes.
            _opened[descriptor.Digest] = UploadSession.Read(Connection, response);
        }
        catch (RegistryException)
        {
            // Whatever a registry has against the mount, it may take the bytes.
        }
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask ReceiveBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(source);
        _opened.TryRemove(descriptor.Digest, out var session);
        await new BlobPush(this, descriptor, async (offset, token) =>
        {
            var content = await source.OpenBlobAsync(descriptor, token).ConfigureAwait(false);
            // Read, not skipped: what goes on is checked as a whole.
            await content.SkipAsync(offset, token).ConfigureAwait(false);
            return content;
        }).RunAsync(session, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        await PutManifestAsync(descriptor.Digest.ToString(), descriptor, content, cancellationToken).ConfigureAwait(false);
        Remember(descriptor, content);
        if (Referrer.Read(descriptor, content.Span) is not { } referrer) return;
        // The answer's OCI-Subject is no proof: Docker Hub has sent it without listing anything. Once a repository, the list itself is asked for.
        if (HasReferrersApi is null) await FindReferrersAsync(referrer.Subject, null, cancellationToken).ConfigureAwait(false);
        if (HasReferrersApi == false) await new ReferrerTag(this, referrer.Subject).AddAsync(referrer.Descriptor, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, string? artifactType = null, CancellationToken cancellationToken = default)
    {
        if (HasReferrersApi != false && await FindReferrersAsync(subject, artifactType, cancellationToken).ConfigureAwait(false) is { } listed) return listed;
        var kept = await new ReferrerTag(this, subject).ReadAsync(cancellationToken).ConfigureAwait(false);
        return artifactType is null ? kept : [.. kept.Where(referrer => referrer.ArtifactType == artifactType)];
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return await ReadAsync(async registry =>
        {
            var request = new RegistryRequest(HttpMethod.Get, Address(registry, $"blobs/{descriptor.Digest}"), TokenScope.Pull(Name), HttpStatusCode.OK);
            return new VerifyingStream(await BlobDownload.OpenAsync(registry, request, descriptor, cancellationToken).ConfigureAwait(false), descriptor, $"{registry.Host}/{Name}");
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_manifests.TryGetValue(descriptor.Digest, out var known)) return known;
        return await ReadAsync(async registry =>
        {
            using var response = await GetManifestAsync(registry, descriptor.Digest.ToString(), [HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            Check(registry, descriptor, content);
            Remember(descriptor, content);
            return (ReadOnlyMemory<byte>)content;
        }).ConfigureAwait(false);
    }

    internal async Task<bool> HasBlobAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Head, Address(Connection, $"blobs/{descriptor.Digest}"), TokenScope.Push(Name), HttpStatusCode.OK, HttpStatusCode.NotFound);
        using var response = await Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK;
    }

    internal async Task<UploadSession> OpenUploadAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address(Connection, "blobs/uploads/"), TokenScope.Push(Name), HttpStatusCode.Accepted);
        using var response = await Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return UploadSession.Read(Connection, response);
    }

    internal async Task FinishUploadAsync(UploadSession session, Descriptor descriptor, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Put, session.Finish(descriptor.Digest), TokenScope.Push(Name), HttpStatusCode.Created, HttpStatusCode.NoContent)
        {
            Body = static () => new ByteArrayContent([]),
        };
        using var response = await Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A manifest as the registry itself, and none of its mirrors, has it under a tag or a digest; null when it has none.</summary>
    internal async Task<(string MediaType, byte[] Content)?> FindManifestAsync(string target, CancellationToken cancellationToken)
    {
        using var response = await GetManifestAsync(Connection, target, [HttpStatusCode.OK, HttpStatusCode.NotFound], cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : (response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Takes a manifest that is about to go out of its subject's list, where clients keep it.</summary>
    private async Task UnlistAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (await FindManifestAsync(digest.ToString(), cancellationToken).ConfigureAwait(false) is not { } found) return;
        if (Referrer.Read(new Descriptor { MediaType = found.MediaType, Digest = digest, Size = found.Content.Length }, found.Content) is not { } referrer) return;
        if (HasReferrersApi is null) await FindReferrersAsync(referrer.Subject, null, cancellationToken).ConfigureAwait(false);
        if (HasReferrersApi == false) await new ReferrerTag(this, referrer.Subject).RemoveAsync(digest, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Descriptor>?> FindReferrersAsync(Digest subject, string? artifactType, CancellationToken cancellationToken)
    {
        var listed = await new ReferrerListing(this, subject).ReadAsync(artifactType, cancellationToken).ConfigureAwait(false);
        HasReferrersApi = listed is not null;
        return listed;
    }

    /// <summary>Asks the mirrors first and the registry last, whose error counts.</summary>
    private async Task<T> ReadAsync<T>(Func<RegistryConnection, Task<T>> read)
    {
        foreach (var mirror in _readFrom.SkipLast(1))
        {
            try
            {
                return await read(mirror).ConfigureAwait(false);
            }
            catch (DriftException)
            {
                // The registry itself knows.
            }
        }
        return await read(Connection).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> GetManifestAsync(RegistryConnection registry, string target, HttpStatusCode[] expected, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Get, Address(registry, $"manifests/{target}"), TokenScope.Pull(Name), expected)
        {
            Accept = ManifestTypes,
            MaximumBody = OciJson.MaximumSize,
        };
        return await registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    internal async Task PutManifestAsync(string target, Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Put, Address(Connection, $"manifests/{target}"), TokenScope.Push(Name), HttpStatusCode.Created, HttpStatusCode.OK)
        {
            Body = () => new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(descriptor.MediaType) } },
        };
        using var response = await SendManifestAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.First(), out var stored) && stored.Algorithm == descriptor.Digest.Algorithm && stored != descriptor.Digest)
        {
            throw new DriftException(ErrorCode.ContentMismatch, $"{Connection.Host} stored {stored} in the place of {descriptor.Digest}.", "Push again; if it stays, tell those who run the registry that it changes manifests.");
        }
    }

    /// <summary>
    /// Sends a manifest, and again when the registry does not find a blob in good order that was pushed before: distribution's reads what it
    /// knows of a blob also while another client, who pushes the same one, makes it write that anew.
    /// </summary>
    private async Task<HttpResponseMessage> SendManifestAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        for (var repetition = 1; ; repetition++)
        {
            try
            {
                return await Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (RegistryException e) when (repetition <= MostManifestRepetitions && e.Errors.Any(static error => error?.Code is "DIGEST_INVALID" or "MANIFEST_BLOB_UNKNOWN"))
            {
                await Connection.PauseAsync(repetition, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private Uri Address(RegistryConnection registry, string path) => new(registry.Address, $"v2/{Name}/{path}");

    /// <summary>Keeps the few manifests of one image, so that tagging it does not fetch them again.</summary>
    private void Remember(Descriptor descriptor, ReadOnlyMemory<byte> content)
    {
        if (_manifests.Count < 64 && content.Length < 256 * 1024) _manifests[descriptor.Digest] = content;
    }

    private void Check(RegistryConnection registry, Descriptor descriptor, byte[] content)
    {
        using var hash = descriptor.Digest.CreateHash();
        hash.AppendData(content);
        var actual = hash.GetHashAndReset();
        if (content.Length != descriptor.Size || !descriptor.Digest.Matches(actual))
        {
            throw new ContentException(descriptor, descriptor.Digest.Algorithm == "sha256" ? Digest.FromSha256(actual) : null, content.Length, $"{registry.Host}/{Name}");
        }
    }
}
