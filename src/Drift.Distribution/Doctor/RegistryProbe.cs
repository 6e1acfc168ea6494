// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Finds out what a registry can do, and what is wrong when it does not: by asking it, one thing at a time.</summary>
public sealed class RegistryProbe
{
    private readonly RegistryClient _client;
    private readonly RegistryConnection _registry;
    private readonly Repository? _repository;

    /// <summary>Prepares the questions. Nothing is sent yet.</summary>
    /// <param name="client">Speaks to the registry.</param>
    /// <param name="host">The registry's host, as references name it.</param>
    /// <param name="repository">A repository to try pulls and pushes on; null for none.</param>
    public RegistryProbe(RegistryClient client, string host, RepositoryName? repository = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(host);
        _client = client;
        _registry = client.Connect(host);
        _repository = repository is { } name ? client.Open(ImageReference.Parse($"{host}/{name}")) : null;
    }

    /// <summary>Asks. Each answer is given as it comes; after one that makes the others pointless there are no more.</summary>
    /// <param name="write">Pushes small images of unique names, too, and deletes them.</param>
    /// <param name="cancellationToken">Stops asking; what was pushed is deleted all the same.</param>
    public async IAsyncEnumerable<ProbeResult> RunAsync(bool write, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (version, status) = (new Version(1, 1), (HttpStatusCode?)null);
        var ping = await ProbeResult.OfAsync("ping", async () =>
        {
            var request = new RegistryRequest(HttpMethod.Get, new Uri(_registry.Address, "v2/"), TokenScope.None, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
            using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            (version, status) = (response.Version, response.StatusCode);
            return (true, $"{_registry.Address}v2/ answers {(int)status}");
        }).ConfigureAwait(false);
        yield return ping;
        // A token server may have refused; who it was that asked is still worth telling.
        if (status is null && !_registry.HasAsked) yield break;
        yield return _registry.Address.Scheme == Uri.UriSchemeHttps
            ? new ProbeResult("TLS", ProbeOutcome.Yes, "https; the certificate is trusted")
            : new ProbeResult("TLS", ProbeOutcome.No, "plain http: all that is sent can be read on the way", _registry.IsThisMachine ? null : "Give the registry a certificate.");
        yield return new ProbeResult("HTTP/2", version.Major >= 2 ? ProbeOutcome.Yes : ProbeOutcome.No, $"it speaks HTTP/{version}");
        yield return await ProbeResult.OfAsync("login", () => DescribeLoginAsync(status, cancellationToken)).ConfigureAwait(false);
        if (_repository is null) yield break;

        var tags = await ListAsync(cancellationToken).ConfigureAwait(false);
        yield return tags.Result;
        if (tags.Tag is not null)
        {
            Descriptor? root = null;
            yield return await ProbeResult.OfAsync("pull", async () =>
            {
                root = await _repository.ResolveAsync(tags.Tag, cancellationToken).ConfigureAwait(false);
                return (true, $"{tags.Tag} is {root.Digest}");
            }).ConfigureAwait(false);
            if (root is not null) yield return await ProbeResult.OfAsync("range reads", () => ReadRangeAsync(root, cancellationToken)).ConfigureAwait(false);
        }
        yield return await ProbeResult.OfAsync("referrers API", async () =>
        {
            // A digest that nothing has: registries with the API answer with an empty list.
            var can = await new ReferrerListing(_repository, Digest.Of(Guid.NewGuid().ToByteArray())).ReadAsync(null, cancellationToken).ConfigureAwait(false) is not null;
            return (can, can ? "it lists what refers to an image" : "clients keep lists under tags sha256-…");
        }).ConfigureAwait(false);
        if (!write) yield break;
        await foreach (var result in new WriteProbe(_repository).RunAsync(cancellationToken).ConfigureAwait(false)) yield return result;
    }

    private async Task<(bool, string)> DescribeLoginAsync(HttpStatusCode? status, CancellationToken cancellationToken)
    {
        var credential = await _client.FindCredentialAsync(_registry.Host, _repository?.Name, cancellationToken).ConfigureAwait(false);
        var found = credential is null ? "no credential was found" : $"the credential is {credential}";
        if (!_registry.HasAsked && status == HttpStatusCode.OK) return (true, $"it lets everyone in; {found}");
        if (status == HttpStatusCode.OK) return (true, $"it asks for {_registry.AskedFor}; {found}");
        throw new DriftException(ErrorCode.AccessDenied, $"{_registry.Host} asks for {_registry.AskedFor} and refuses; {found}.", credential is null ? $"Log in with drift login {_registry.Host}." : _registry.Profile.LoginHint ?? $"Log in again with drift login {_registry.Host}.");
    }

    private async Task<(ProbeResult Result, string? Tag)> ListAsync(CancellationToken cancellationToken)
    {
        string? first = null;
        var (isPaged, count) = (false, 0);
        var result = await ProbeResult.OfAsync("paging", async () =>
        {
            var request = new RegistryRequest(HttpMethod.Get, _repository!.Address("tags/list?n=1"), TokenScope.Pull(_repository.Name), HttpStatusCode.OK) { MaximumBody = OciJson.MaximumSize };
            using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var tags = Tags(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            (first, count, isPaged) = (tags.Find(tag => !Referrer.IsTag(tag)) ?? tags.FirstOrDefault(), tags.Count, PageLink.Next(_registry, response, request.Uri) is not null);
            return (isPaged, isPaged ? "one tag was asked for, and came with a link to the next" : string.Create(CultureInfo.InvariantCulture, $"one tag was asked for, and {count} came"));
        }).ConfigureAwait(false);
        if (result.Outcome == ProbeOutcome.No && count <= 1) result = result with { Outcome = ProbeOutcome.Unknown, Detail = "there are too few tags to tell" };
        // A repository that nobody has pushed to yet is not wrong.
        return (result.Error == ErrorCode.NotFound ? result with { Outcome = ProbeOutcome.Unknown } : result, first);
    }

    private async Task<(bool, string)> ReadRangeAsync(Descriptor root, CancellationToken cancellationToken)
    {
        var contents = new ImageContents(_repository!);
        await contents.AddAsync(root, cancellationToken).ConfigureAwait(false);
        if (contents.Blobs.Where(blob => blob.Size > 1).MinBy(blob => blob.Size) is not { } blob) return (false, "the image has no blob");
        var request = new RegistryRequest(HttpMethod.Get, _repository!.Address($"blobs/{blob.Digest}"), TokenScope.Pull(_repository.Name), HttpStatusCode.OK, HttpStatusCode.PartialContent) { From = 1 };
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var can = response.StatusCode == HttpStatusCode.PartialContent;
        var at = response.RequestMessage?.RequestUri is { } uri && uri.Authority != _registry.Address.Authority ? $"; blobs come from {uri.Authority}" : "";
        return (can, (can ? "a download that breaks goes on where it was" : "a download that breaks begins anew") + at);
    }

    private static List<string> Tags(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("tags", out var list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!).Where(tag => Tag.TryParse(tag, out _))]
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DriftException(ErrorCode.RegistryError, "The list of tags is no JSON.", "Check the registry's address; a proxy may answer in its place.", e);
        }
    }
}
