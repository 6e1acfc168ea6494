// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What a repository is asked about manifests (distribution-spec, "Pulling manifests", "Pushing Manifests").</summary>
internal sealed class ManifestRequests(Repository repository)
{
    private const int MostRepetitions = 2;
    private static readonly string[] Types = [MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerIndex, MediaTypes.DockerManifest];
    private readonly ConcurrentDictionary<Digest, ReadOnlyMemory<byte>> _known = [];

    public async Task<Descriptor> ResolveAsync(string target, CancellationToken cancellationToken)
    {
        var isDigest = Digest.TryParse(target, out var asked);
        if (!isDigest) _ = Tag.Parse(target);
        return await repository.ReadAsync(async registry =>
        {
            using var response = await GetAsync(registry, target, [HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
            if (!Types.Contains(mediaType))
            {
                throw new DriftException(ErrorCode.NotSupported, $"{registry.Host}/{repository.Name}:{target} is neither an image nor an index: its media type is '{mediaType}'.", "Name an image in the format of OCI or of Docker's schema 2.");
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

    public async Task<Digest?> FindDigestAsync(string target, CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(target, out _)) _ = Tag.Parse(target);
        var request = new RegistryRequest(HttpMethod.Head, repository.Address($"manifests/{target}"), TokenScope.Pull(repository.Name), HttpStatusCode.OK, HttpStatusCode.NotFound) { Accept = Types };
        using var response = await repository.Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        if (response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.First(), out var told)) return told;
        return (await ResolveAsync(target, cancellationToken).ConfigureAwait(false)).Digest;
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(descriptor.Digest, out var known)) return known;
        return await repository.ReadAsync(async registry =>
        {
            using var response = await GetAsync(registry, descriptor.Digest.ToString(), [HttpStatusCode.OK], cancellationToken).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            Check(registry, descriptor, content);
            Remember(descriptor, content);
            return (ReadOnlyMemory<byte>)content;
        }).ConfigureAwait(false);
    }

    /// <summary>A manifest as the registry itself, and none of its mirrors, has it under a tag or a digest; null when it has none.</summary>
    public async Task<(string MediaType, byte[] Content)?> FindAsync(string target, CancellationToken cancellationToken)
    {
        using var response = await GetAsync(repository.Connection, target, [HttpStatusCode.OK, HttpStatusCode.NotFound], cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : (response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Writes a manifest under a tag or its digest.</summary>
    public async Task PutAsync(string target, Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var registry = repository.Connection;
        var request = new RegistryRequest(HttpMethod.Put, repository.Address($"manifests/{target}"), TokenScope.Push(repository.Name), HttpStatusCode.Created, HttpStatusCode.OK)
        {
            Body = () => new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(descriptor.MediaType) } },
        };
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.First(), out var stored) && stored.Algorithm == descriptor.Digest.Algorithm && stored != descriptor.Digest)
        {
            throw new DriftException(ErrorCode.ContentMismatch, $"{registry.Host} stored {stored} in the place of {descriptor.Digest}.", "Push again; if it stays, tell those who run the registry that it changes manifests.");
        }
    }

    /// <summary>Keeps the few manifests of one image, so that tagging it does not fetch them again.</summary>
    public void Remember(Descriptor descriptor, ReadOnlyMemory<byte> content)
    {
        if (_known.Count < 64 && content.Length < 256 * 1024) _known[descriptor.Digest] = content;
    }

    private Task<HttpResponseMessage> GetAsync(RegistryConnection registry, string target, HttpStatusCode[] expected, CancellationToken cancellationToken) =>
        registry.SendAsync(new RegistryRequest(HttpMethod.Get, repository.Address(registry, $"manifests/{target}"), TokenScope.Pull(repository.Name), expected) { Accept = Types, MaximumBody = OciJson.MaximumSize }, cancellationToken);

    /// <summary>
    /// Sends a manifest, and again when the registry does not find a blob in good order that was pushed before: distribution's reads what it
    /// knows of a blob also while another client, who pushes the same one, makes it write that anew.
    /// </summary>
    private async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        for (var repetition = 1; ; repetition++)
        {
            try
            {
                return await repository.Connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (RegistryException e) when (repetition <= MostRepetitions && e.Errors.Any(static error => error?.Code is "DIGEST_INVALID" or "MANIFEST_BLOB_UNKNOWN"))
            {
                await repository.Connection.PauseAsync(repetition, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Check(RegistryConnection registry, Descriptor descriptor, byte[] content)
    {
        using var hash = descriptor.Digest.CreateHash();
        hash.AppendData(content);
        var actual = hash.GetHashAndReset();
        if (content.Length != descriptor.Size || !descriptor.Digest.Matches(actual))
        {
            throw new ContentException(descriptor, descriptor.Digest.Algorithm == "sha256" ? Digest.FromSha256(actual) : null, content.Length, $"{registry.Host}/{repository.Name}");
        }
    }
}
