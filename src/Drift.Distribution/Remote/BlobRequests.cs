// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What a repository is asked about blobs (distribution-spec, "Pulling blobs", "Pushing blobs").</summary>
internal sealed class BlobRequests(Repository repository)
{
    // A request to ask for a small blob costs as much as sending it.
    private const int SmallestWorthAsking = 16 * 1024;
    private readonly RegistryConnection _registry = repository.Connection;
    private readonly ConcurrentDictionary<Digest, UploadSession> _opened = [];

    /// <summary>Whether the registry has a blob; no for one that is sent as quickly.</summary>
    public async ValueTask<bool> ContainsAsync(Descriptor descriptor, CancellationToken cancellationToken) =>
        descriptor.Size >= SmallestWorthAsking && await HasAsync(descriptor, cancellationToken).ConfigureAwait(false);

    public async Task<bool> HasAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Head, repository.Address($"blobs/{descriptor.Digest}"), TokenScope.Push(repository.Name), HttpStatusCode.OK, HttpStatusCode.NotFound);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK;
    }

    public async ValueTask<Stream> OpenAsync(Descriptor descriptor, CancellationToken cancellationToken) => await repository.ReadAsync(async registry =>
    {
        var request = new RegistryRequest(HttpMethod.Get, repository.Address(registry, $"blobs/{descriptor.Digest}"), TokenScope.Pull(repository.Name), HttpStatusCode.OK);
        return new VerifyingStream(await BlobDownload.OpenAsync(registry, request, descriptor, cancellationToken).ConfigureAwait(false), descriptor, $"{registry.Host}/{repository.Name}");
    }).ConfigureAwait(false);

    public async Task<UploadSession> OpenUploadAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, repository.Address("blobs/uploads/"), TokenScope.Push(repository.Name), HttpStatusCode.Accepted);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return UploadSession.Read(_registry, response);
    }

    public async Task FinishUploadAsync(UploadSession session, Descriptor descriptor, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Put, session.Finish(descriptor.Digest), TokenScope.Push(repository.Name), HttpStatusCode.Created, HttpStatusCode.NoContent)
        {
            Body = static () => new ByteArrayContent([]),
        };
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> TryMountAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken)
    {
        if (source is CachedSource cached) source = cached.Inner;
        var from = source is Repository other && other.Connection.Address == _registry.Address && other.Name != repository.Name ? other.Name : (RepositoryName?)null;
        if (from is null && (descriptor.Size < SmallestWorthAsking || !_registry.Profile.MountsFromAnywhere)) return false;
        var query = $"?mount={Uri.EscapeDataString(descriptor.Digest.ToString())}{(from is null ? "" : $"&from={Uri.EscapeDataString(from.Value.ToString())}")}";
        var scope = from is null ? TokenScope.Push(repository.Name) : TokenScope.Push(repository.Name).And(TokenScope.Pull(from.Value));
        var request = new RegistryRequest(HttpMethod.Post, repository.Address("blobs/uploads/" + query), scope, HttpStatusCode.Created, HttpStatusCode.Accepted);
        try
        {
            using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Created) return true;
            // A registry that does not mount opens an upload, which goes on with the bytes.
            _opened[descriptor.Digest] = UploadSession.Read(_registry, response);
        }
        catch (RegistryException)
        {
            // Whatever a registry has against the mount, it may take the bytes.
        }
        return false;
    }

    public async ValueTask ReceiveAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken)
    {
        _opened.TryRemove(descriptor.Digest, out var session);
        await new BlobPush(repository, descriptor, async (offset, token) =>
        {
            var content = await source.OpenBlobAsync(descriptor, token).ConfigureAwait(false);
            // Read, not skipped: what goes on is checked as a whole.
            await content.SkipAsync(offset, token).ConfigureAwait(false);
            return content;
        }).RunAsync(session, cancellationToken).ConfigureAwait(false);
    }
}
