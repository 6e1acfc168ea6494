// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Pushes to a repository in every way that there is, under names of its own, and takes away what it pushed.</summary>
internal sealed class WriteProbe
{
    private const int Part = 64 * 1024;
    // A request that is cut may be carried out after what it made was to be deleted: it gets this long to be answered.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private readonly Repository _repository;
    private readonly UploadProbe _uploads;
    private readonly PushedContent _pushed;
    private readonly string _tag = $"drift-doctor-{Guid.NewGuid():n}";
    private Descriptor? _layer;

    public WriteProbe(Repository repository)
    {
        _repository = repository;
        _uploads = new UploadProbe(repository);
        _pushed = new PushedContent(repository, _tag);
    }

    public async IAsyncEnumerable<ProbeResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        UploadSession? session = null;
        var push = await ProbeResult.OfAsync("push", async () =>
        {
            session = await _uploads.OpenAsync(cancellationToken).ConfigureAwait(false);
            return (true, "it opens an upload");
        }).ConfigureAwait(false);
        yield return push;
        if (session is null) yield break;
        var isClean = false;
        try
        {
            using var cut = new CancellationTokenSource();
            using var interrupted = cancellationToken.Register(() => cut.CancelAfter(Grace));
            var results = PushAsync(session, cut.Token).GetAsyncEnumerator(CancellationToken.None);
            await using var _ = results.ConfigureAwait(false);
            while (!cancellationToken.IsCancellationRequested && await MoveNextAsync(results, cut.Token).ConfigureAwait(false)) yield return results.Current;
            isClean = true;
            await foreach (var result in _pushed.DeleteAsync().ConfigureAwait(false)) yield return result;
        }
        finally
        {
            // Whoever wants no more results leaves nothing behind, either.
            if (!isClean) await foreach (var _ in _pushed.DeleteAsync().ConfigureAwait(false)) { }
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Goes on to the next result; an interruption ends the pushes, and what becomes of them is still told.</summary>
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ProbeResult> results, CancellationToken cancellationToken)
    {
        try
        {
            return await results.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<ProbeResult> PushAsync(UploadSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ProbeResult("relative Location", _uploads.IsRelative ? ProbeOutcome.Yes : ProbeOutcome.No, _uploads.IsRelative ? "uploads go on at a relative address" : $"uploads go on at {session.Address.GetLeftPart(UriPartial.Authority)}");
        yield return await ProbeResult.OfAsync("cancel", () => _uploads.CancelAsync(session, cancellationToken)).ConfigureAwait(false);
        var minimum = session.MinimumChunk;
        var content = RandomNumberGenerator.GetBytes((int)Math.Min(Math.Max(Part, minimum), 8 * 1024 * 1024) + Part);
        var blob = Descriptor.Of(MediaTypes.OciLayer, content);
        var resumes = false;
        var chunks = await ProbeResult.OfAsync("chunks", async () =>
        {
            _pushed.Add(blob);
            resumes = await _uploads.SendChunksAsync(blob, content, content.Length - Part, cancellationToken).ConfigureAwait(false);
            _layer = blob;
            return (true, minimum > 0 ? string.Create(CultureInfo.InvariantCulture, $"each of at least {minimum} bytes but the last (OCI-Chunk-Min-Length)") : "of any size");
        }).ConfigureAwait(false);
        if (_layer is null) _pushed.Remove(blob);
        // Clients send in one piece then.
        yield return chunks with { Outcome = chunks.Outcome == ProbeOutcome.Failed ? ProbeOutcome.No : chunks.Outcome };
        yield return new ProbeResult("resume", resumes ? ProbeOutcome.Yes : ProbeOutcome.No, resumes ? "it tells how much of an upload it has" : "an upload that breaks begins anew");
        var whole = await ProbeResult.OfAsync("blob", async () =>
        {
            await _repository.WriteBlobAsync(Descriptor.Of(MediaTypes.OciEmpty, "{}"u8), "{}"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            return (true, "a blob in one piece");
        }).ConfigureAwait(false);
        yield return whole;
        if (whole.Outcome == ProbeOutcome.Failed) yield break;
        if (_layer is not null) yield return await ProbeResult.OfAsync("mount", () => _uploads.MountAsync(_layer, cancellationToken)).ConfigureAwait(false);

        var image = Manifest(null, null);
        var written = await WriteAsync("image", "a manifest and a tag", image, _tag, cancellationToken).ConfigureAwait(false);
        yield return written;
        if (written.Outcome == ProbeOutcome.Failed) yield break;
        var index = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [image.Descriptor with { Platform = Platform.LinuxAmd64 }] });
        yield return await WriteAsync("index", "a list of images", (Descriptor.Of(MediaTypes.OciIndex, index), index), null, cancellationToken).ConfigureAwait(false);
        yield return await WriteAsync("artifact", "a manifest with an artifactType and an empty config", Manifest("application/vnd.drift.doctor", null), null, cancellationToken).ConfigureAwait(false);
        yield return await ProbeResult.OfAsync("referrer", () => ReferAsync(image.Descriptor, cancellationToken)).ConfigureAwait(false);
    }

    private Task<ProbeResult> WriteAsync(string name, string detail, (Descriptor Descriptor, byte[] Content) manifest, string? tag, CancellationToken cancellationToken) => ProbeResult.OfAsync(name, async () =>
    {
        _pushed.Add(manifest.Descriptor);
        try
        {
            await _repository.Manifests.PutAsync(manifest.Descriptor.Digest.ToString(), manifest.Descriptor, manifest.Content, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException e) when (e.Status < HttpStatusCode.InternalServerError)
        {
            _pushed.Remove(manifest.Descriptor);
            throw;
        }
        if (tag is not null) await _repository.Manifests.PutAsync(tag, manifest.Descriptor, manifest.Content, cancellationToken).ConfigureAwait(false);
        return (true, detail);
    });

    private async Task<(bool, string)> ReferAsync(Descriptor image, CancellationToken cancellationToken)
    {
        var referrer = Manifest("application/vnd.drift.doctor", image);
        _pushed.Add(referrer.Descriptor);
        await _repository.WriteManifestAsync(referrer.Descriptor, referrer.Content, cancellationToken).ConfigureAwait(false);
        var listed = await _repository.ListReferrersAsync(image.Digest, null, cancellationToken).ConfigureAwait(false);
        if (!listed.Any(entry => entry.Digest == referrer.Descriptor.Digest)) return (false, "what refers to an image is not listed afterwards");
        return (true, _repository.HasReferrersApi == true ? "listed by the registry" : "listed under a tag that clients keep");
    }

    private (Descriptor Descriptor, byte[] Content) Manifest(string? artifactType, Descriptor? subject)
    {
        var empty = Descriptor.Of(MediaTypes.OciEmpty, "{}"u8);
        var content = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = artifactType,
            Config = artifactType is null ? empty with { MediaType = MediaTypes.OciConfig } : empty,
            Layers = [artifactType is null && _layer is not null ? _layer : empty],
            Subject = subject,
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["images.drift.doctor"] = _tag },
        });
        return (Descriptor.Of(MediaTypes.OciManifest, content), content);
    }
}
