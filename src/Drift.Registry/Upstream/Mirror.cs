// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// Fetches from upstream what is missing here, and keeps it. Digests are never asked for again; a tag is compared with upstream's at each pull,
/// and the one that is kept is good enough while upstream is down.
/// </summary>
internal sealed class Mirror(Uri address, RegistryStorage storage, int maximumManifestSize) : IAsyncDisposable
{
    private static readonly string[] ManifestTypes = [MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerIndex, MediaTypes.DockerManifest];
    private readonly UpstreamClient _client = new(address);
    private readonly ConcurrentDictionary<(RepositoryName, Digest), BlobFetch> _fetches = new();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private long _hits;
    private long _misses;

    /// <summary>How many blobs and manifests were there when somebody asked.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>How many had to be asked for upstream.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Counts a blob that was there.</summary>
    public void CountHit() => Interlocked.Increment(ref _hits);

    /// <summary>A manifest by tag or digest; null when upstream has none either.</summary>
    /// <exception cref="RefusedRequestException">Upstream fails, and nothing is kept that could be sent.</exception>
    public async Task<StoredManifest?> FindManifestAsync(RequestTarget target, CancellationToken cancellationToken)
    {
        var name = target.Repository;
        if (Digest.TryParse(target.Reference, out var digest))
        {
            return await storage.Manifests.FindAsync(name, digest, cancellationToken).ConfigureAwait(false) is { } stored ? Hit(stored)
                : await FetchAsync(name, target.Reference, digest, [], cancellationToken).ConfigureAwait(false);
        }
        if (!Tag.TryParse(target.Reference, out var tag)) return null;
        var kept = storage.Repositories.FindTag(name, tag) is { } known ? await storage.Manifests.FindAsync(name, known, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            if (kept is not null && await ResolveAsync(name, tag, cancellationToken).ConfigureAwait(false) == kept.Digest.ToString()) return Hit(kept);
            return await FetchAsync(name, target.Reference, expected: null, [tag], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (kept is not null && e is HttpRequestException or RefusedRequestException)
        {
            return Hit(kept);
        }
    }

    /// <summary>Sends a blob that is not stored, and stores it on the way. Parts of it are sent by <paramref name="answer"/> once it is stored.</summary>
    public async Task ReadBlobAsync(HttpContext context, RepositoryName name, Digest digest, Func<HttpContext, Digest, Task<bool>> answer)
    {
        Interlocked.Increment(ref _misses);
        var cancellationToken = context.RequestAborted;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            await DescribeBlobAsync(context, name, digest).ConfigureAwait(false);
            return;
        }
        var fetch = Enter(name, digest);
        try
        {
            if (context.Request.Headers.Range.Count > 0)
            {
                await fetch.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!await answer(context, digest).ConfigureAwait(false)) throw new RefusedRequestException(DistributionError.BlobUnknown, digest.ToString());
                return;
            }
            var size = await fetch.Size.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (Validator.Answer(context, digest)) return;
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = size;
            Exchange.NoteSent(context, await fetch.CopyToAsync(context.Response.BodyWriter, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            fetch.Leave();
        }
    }

    /// <summary>Sends a list of upstream's as it is; false when upstream has none or fails, and what is kept here has to do.</summary>
    public async Task<bool> RelayAsync(HttpContext context, RepositoryName name, string path)
    {
        byte[] body;
        try
        {
            using var response = await _client.SendAsync(HttpMethod.Get, name, path + context.Request.QueryString.Value, [], context.RequestAborted).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK) return false;
            body = await UpstreamClient.ReadAsync(response, OciJson.MaximumSize, context.RequestAborted).ConfigureAwait(false);
            foreach (var header in new[] { "Link", "OCI-Filters-Applied" })
            {
                // The next page is asked for here: whatever host upstream names, the path is the same.
                if (response.Headers.TryGetValues(header, out var values)) context.Response.Headers[header] = values.Select(WithoutHost).ToArray();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
        await JsonAnswer.WriteAsync(context, body, path.StartsWith("referrers/", StringComparison.Ordinal) ? MediaTypes.OciIndex : "application/json").ConfigureAwait(false);
        return true;
    }

    /// <summary>What a client is told when upstream refuses. Registries say 401 or 403 of repositories that do not exist.</summary>
    public static RefusedRequestException Refusal(HttpStatusCode status, DistributionError unknown, string reference) => new(status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => unknown,
        HttpStatusCode.TooManyRequests => DistributionError.UpstreamBusy,
        _ => DistributionError.UpstreamFailed,
    }, reference);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var fetch in _fetches.Values) await fetch.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _stop.Dispose();
    }

    private BlobFetch Enter(RepositoryName name, Digest digest)
    {
        lock (_lock)
        {
            if (_fetches.TryGetValue((name, digest), out var running) && running.TryEnter()) return running;
            var fetch = new BlobFetch(_client, storage, name, digest, _stop.Token);
            fetch.TryEnter();
            _fetches[(name, digest)] = fetch;
            _ = fetch.Completion.ContinueWith(_ => _fetches.TryRemove(KeyValuePair.Create((name, digest), fetch)), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return fetch;
        }
    }

    private async Task DescribeBlobAsync(HttpContext context, RepositoryName name, Digest digest)
    {
        try
        {
            using var response = await _client.SendAsync(HttpMethod.Head, name, $"blobs/{digest}", [], context.RequestAborted).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK) throw Refusal(response.StatusCode, DistributionError.BlobUnknown, digest.ToString());
            if (Validator.Answer(context, digest)) return;
            context.Response.Headers.AcceptRanges = "bytes";
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = response.Content.Headers.ContentLength;
        }
        catch (HttpRequestException e)
        {
            throw new RefusedRequestException(DistributionError.UpstreamFailed, e.Message);
        }
    }

    private async Task<string?> ResolveAsync(RepositoryName name, Tag tag, CancellationToken cancellationToken)
    {
        using var response = await _client.SendAsync(HttpMethod.Head, name, $"manifests/{tag}", ManifestTypes, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode && response.Headers.TryGetValues("Docker-Content-Digest", out var values) ? values.First() : null;
    }

    private async Task<StoredManifest?> FetchAsync(RepositoryName name, string reference, Digest? expected, Tag[] tags, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _misses);
        try
        {
            return await FetchManifestAsync(name, reference, expected, tags, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new RefusedRequestException(DistributionError.UpstreamFailed, e.Message);
        }
    }

    private async Task<StoredManifest?> FetchManifestAsync(RepositoryName name, string reference, Digest? expected, Tag[] tags, CancellationToken cancellationToken)
    {
        using var response = await _client.SendAsync(HttpMethod.Get, name, $"manifests/{reference}", ManifestTypes, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var refusal = Refusal(response.StatusCode, DistributionError.ManifestUnknown, reference);
            return refusal.Error == DistributionError.ManifestUnknown ? null : throw refusal;
        }
        var content = await UpstreamClient.ReadAsync(response, maximumManifestSize, cancellationToken).ConfigureAwait(false);
        var digest = Digests.Of(content, expected?.Algorithm);
        if (expected is not null && digest != expected) throw new HttpRequestException($"what upstream sent is not {expected}");
        try
        {
            var references = ManifestReferences.Read(content);
            var mediaType = references.MediaType ?? response.Content.Headers.ContentType?.MediaType ?? throw new FormatException("it has no media type");
            var manifest = new StoredManifest(digest, mediaType, content);
            await storage.Manifests.PutAsync(name, manifest, references, tags, cancellationToken).ConfigureAwait(false);
            return manifest;
        }
        catch (FormatException e)
        {
            throw new HttpRequestException($"what upstream sent is no manifest: {e.Message}", e);
        }
    }

    private StoredManifest Hit(StoredManifest manifest)
    {
        CountHit();
        return manifest;
    }

    private static string WithoutHost(string link)
    {
        var path = link.IndexOf("/v2/", StringComparison.Ordinal);
        return link.StartsWith("<http", StringComparison.Ordinal) && path >= 0 ? "<" + link[path..] : link;
    }
}
