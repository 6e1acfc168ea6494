// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Pushes to a repository in every way that there is, under names of its own, and takes away what it pushed.</summary>
internal sealed class WriteProbe(Repository repository)
{
    private const int Part = 64 * 1024;
    private readonly RegistryConnection _registry = repository.Connection;
    private readonly string _tag = $"drift-doctor-{Guid.NewGuid():n}";
    private readonly List<Descriptor> _manifests = [];
    private readonly List<Descriptor> _blobs = [];
    private bool _isRelative;

    public async IAsyncEnumerable<ProbeResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        UploadSession? session = null;
        var push = await ProbeResult.OfAsync("push", async () =>
        {
            session = await OpenAsync(cancellationToken).ConfigureAwait(false);
            return (true, "it opens an upload");
        }).ConfigureAwait(false);
        yield return push;
        if (session is null) yield break;
        var isClean = false;
        try
        {
            yield return new ProbeResult("relative Location", _isRelative ? ProbeOutcome.Yes : ProbeOutcome.No, _isRelative ? "uploads go on at a relative address" : $"uploads go on at {session.Address.GetLeftPart(UriPartial.Authority)}");
            yield return await ProbeResult.OfAsync("cancel", () => CancelAsync(session, cancellationToken)).ConfigureAwait(false);
            await foreach (var result in PushAsync(session.MinimumChunk, cancellationToken).ConfigureAwait(false)) yield return result;
            isClean = true;
            await foreach (var result in DeleteAsync(CancellationToken.None).ConfigureAwait(false)) yield return result;
        }
        finally
        {
            // Whoever stops in the middle leaves nothing behind, either.
            if (!isClean) await foreach (var _ in DeleteAsync(CancellationToken.None).ConfigureAwait(false)) { }
        }
    }

    private async IAsyncEnumerable<ProbeResult> PushAsync(long minimumChunk, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var content = RandomNumberGenerator.GetBytes((int)Math.Min(Math.Max(Part, minimumChunk), 8 * 1024 * 1024) + Part);
        var blob = Descriptor.Of(MediaTypes.OciLayer, content);
        var resumes = false;
        var chunks = await ProbeResult.OfAsync("chunks", async () =>
        {
            resumes = await SendChunksAsync(blob, content, content.Length - Part, cancellationToken).ConfigureAwait(false);
            return (true, minimumChunk > 0 ? string.Create(CultureInfo.InvariantCulture, $"each of at least {minimumChunk} bytes but the last (OCI-Chunk-Min-Length)") : "of any size");
        }).ConfigureAwait(false);
        // Clients send in one piece then.
        yield return chunks with { Outcome = chunks.Outcome == ProbeOutcome.Failed ? ProbeOutcome.No : chunks.Outcome };
        yield return new ProbeResult("resume", resumes ? ProbeOutcome.Yes : ProbeOutcome.No, resumes ? "it tells how much of an upload it has" : "an upload that breaks begins anew");
        if (chunks.Outcome == ProbeOutcome.Yes) _blobs.Add(blob);
        var whole = await ProbeResult.OfAsync("blob", async () =>
        {
            var small = Descriptor.Of(MediaTypes.OciEmpty, "{}"u8);
            await repository.WriteBlobAsync(small, "{}"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            return (true, "a blob in one piece");
        }).ConfigureAwait(false);
        yield return whole;
        if (whole.Outcome == ProbeOutcome.Failed) yield break;
        if (_blobs.Count > 0) yield return await ProbeResult.OfAsync("mount", () => MountAsync(blob, cancellationToken)).ConfigureAwait(false);

        var image = Manifest(null, null);
        yield return await WriteAsync("image", "a manifest and a tag", image, _tag, cancellationToken).ConfigureAwait(false);
        if (_manifests.Count == 0) yield break;
        var index = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [Descriptor.Of(MediaTypes.OciManifest, image.Content) with { Platform = Platform.LinuxAmd64 }] });
        yield return await WriteAsync("index", "a list of images", (Descriptor.Of(MediaTypes.OciIndex, index), index), null, cancellationToken).ConfigureAwait(false);
        yield return await WriteAsync("artifact", "a manifest with an artifactType and an empty config", Manifest("application/vnd.drift.doctor", null), null, cancellationToken).ConfigureAwait(false);
        yield return await ProbeResult.OfAsync("referrer", () => ReferAsync(image.Descriptor, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<UploadSession> OpenAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address("blobs/uploads/"), TokenScope.Push(repository.Name), HttpStatusCode.Accepted);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _isRelative = response.Headers.Location is { IsAbsoluteUri: false };
        return UploadSession.Read(_registry, response);
    }

    private async Task<(bool, string)> CancelAsync(UploadSession session, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Delete, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.NoContent, HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "an upload can be given up" : "an upload that is given up stays until the registry drops it");
    }

    /// <summary>Sends a blob in two parts; true when the registry told in between how much it had.</summary>
    private async Task<bool> SendChunksAsync(Descriptor blob, byte[] content, int first, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        session = await SendAsync(session, content, 0, first, cancellationToken).ConfigureAwait(false);
        long? received;
        var ask = new RegistryRequest(HttpMethod.Get, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed);
        using (var status = await _registry.SendAsync(ask, cancellationToken).ConfigureAwait(false)) received = status.IsSuccessStatusCode ? UploadSession.Received(status) : null;
        session = await SendAsync(session, content, first, content.Length - first, cancellationToken).ConfigureAwait(false);
        await repository.FinishUploadAsync(session, blob, cancellationToken).ConfigureAwait(false);
        return received == first;
    }

    private async Task<UploadSession> SendAsync(UploadSession session, byte[] content, int offset, int length, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Patch, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.Accepted, HttpStatusCode.Created, HttpStatusCode.NoContent)
        {
            IsRepeatable = false,
            Body = () =>
            {
                var body = new ByteArrayContent(content, offset, length) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
                body.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + length - 1}"));
                return body;
            },
        };
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return UploadSession.Read(_registry, response, session.MinimumChunk);
    }

    private async Task<(bool, string)> MountAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        var from = await MountAsync(blob, $"&from={Uri.EscapeDataString(repository.Name.ToString())}", cancellationToken).ConfigureAwait(false);
        var anywhere = await MountAsync(blob, "", cancellationToken).ConfigureAwait(false);
        return (from || anywhere, (from, anywhere) switch
        {
            (true, true) => "with and without the name of the repository that the blob is in",
            (true, false) => "with the name of the repository that the blob is in",
            (false, true) => "without the name of the repository that the blob is in only",
            _ => "blobs are sent to each repository anew",
        });
    }

    private async Task<bool> MountAsync(Descriptor blob, string from, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address($"blobs/uploads/?mount={Uri.EscapeDataString(blob.Digest.ToString())}{from}"), TokenScope.Push(repository.Name), HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Accepted) await CancelAsync(UploadSession.Read(_registry, response), cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created;
    }

    private Task<ProbeResult> WriteAsync(string name, string detail, (Descriptor Descriptor, byte[] Content) manifest, string? tag, CancellationToken cancellationToken) => ProbeResult.OfAsync(name, async () =>
    {
        await repository.PutManifestAsync(manifest.Descriptor.Digest.ToString(), manifest.Descriptor, manifest.Content, cancellationToken).ConfigureAwait(false);
        _manifests.Add(manifest.Descriptor);
        if (tag is not null) await repository.PutManifestAsync(tag, manifest.Descriptor, manifest.Content, cancellationToken).ConfigureAwait(false);
        return (true, detail);
    });

    private async Task<(bool, string)> ReferAsync(Descriptor image, CancellationToken cancellationToken)
    {
        var referrer = Manifest("application/vnd.drift.doctor", image);
        await repository.WriteManifestAsync(referrer.Descriptor, referrer.Content, cancellationToken).ConfigureAwait(false);
        _manifests.Add(referrer.Descriptor);
        var listed = await repository.ListReferrersAsync(image.Digest, null, cancellationToken).ConfigureAwait(false);
        if (!listed.Any(entry => entry.Digest == referrer.Descriptor.Digest)) return (false, "what refers to an image is not listed afterwards");
        return (true, repository.HasReferrersApi == true ? "listed by the registry" : "listed under a tag that clients keep");
    }

    private async IAsyncEnumerable<ProbeResult> DeleteAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_manifests.Count > 0) yield return await ProbeResult.OfAsync("delete tag", async () =>
        {
            var request = new RegistryRequest(HttpMethod.Delete, Address($"manifests/{_tag}"), TokenScope.Delete(repository.Name), HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
            using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return (response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "a tag alone" : "a tag goes with its image only");
        }).ConfigureAwait(false);
        var left = new List<string>();
        ProbeResult? manifests = null, blobs = null;
        // What refers comes last, and goes first.
        foreach (var manifest in _manifests.AsEnumerable().Reverse())
        {
            manifests = await ProbeResult.OfAsync("delete manifest", async () =>
            {
                await repository.DeleteAsync(manifest.Digest.ToString(), cancellationToken).ConfigureAwait(false);
                return (true, "a manifest by its digest");
            }).ConfigureAwait(false);
            if (manifests.Outcome != ProbeOutcome.Yes) left.Add($"{(manifest == _manifests[0] ? _tag + " " : "")}{manifest.Digest}");
        }
        if (manifests is not null) yield return manifests;
        foreach (var blob in _blobs)
        {
            blobs = await ProbeResult.OfAsync("delete blob", async () =>
            {
                var request = new RegistryRequest(HttpMethod.Delete, Address($"blobs/{blob.Digest}"), TokenScope.Delete(repository.Name), HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
                using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
                return (response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "a blob by its digest" : "blobs go when the registry collects them");
            }).ConfigureAwait(false);
        }
        if (blobs is not null) yield return blobs;
        yield return left.Count == 0
            ? new ProbeResult("clean up", ProbeOutcome.Yes, "nothing that was pushed is left but for blobs that nothing needs")
            : new ProbeResult("clean up", ProbeOutcome.Failed, $"what was pushed is left in {repository.Name}: {string.Join(", ", left)}", "Delete it where the registry lets you, for example on its web page.", ErrorCode.NotSupported);
    }

    private (Descriptor Descriptor, byte[] Content) Manifest(string? artifactType, Descriptor? subject)
    {
        var empty = Descriptor.Of(MediaTypes.OciEmpty, "{}"u8);
        var content = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = artifactType,
            Config = artifactType is null ? empty with { MediaType = MediaTypes.OciConfig } : empty,
            Layers = _blobs.Count > 0 && artifactType is null ? _blobs : [empty],
            Subject = subject,
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["images.drift.doctor"] = _tag },
        });
        return (Descriptor.Of(MediaTypes.OciManifest, content), content);
    }

    private Uri Address(string path) => new(_registry.Address, $"v2/{repository.Name}/{path}");
}
