// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// <c>/v2/NAME/blobs/uploads/</c> and what it opens (distribution-spec end-4, end-5, end-6, end-11, end-13 and end-14). Chunks have any
/// size; with a <c>Content-Range</c> they have to follow what was received, without one they are appended.
/// </summary>
internal sealed class BlobUploadEndpoint(RegistryStorage storage)
{
    /// <summary>Opens an upload, mounts a blob, or takes a whole blob in one request.</summary>
    public async Task StartAsync(HttpContext context, RequestTarget target, Principal principal)
    {
        var query = context.Request.Query;
        if (await MountAsync(target.Repository, query["mount"], query["from"], principal, context.RequestAborted).ConfigureAwait(false) is { } mounted)
        {
            Created(context, target.Repository, mounted);
            return;
        }

        Digest? digest = null;
        if (query.ContainsKey("digest"))
        {
            if (!Digest.TryParse(query["digest"], out var given))
            {
                await ErrorAnswer.WriteAsync(context, DistributionError.DigestInvalid, query["digest"].ToString()).ConfigureAwait(false);
                return;
            }
            digest = given;
        }
        var algorithm = query["digest-algorithm"].ToString();
        if (algorithm is not ("" or "sha256" or "sha512"))
        {
            await ErrorAnswer.WriteAsync(context, DistributionError.AlgorithmUnknown, algorithm).ConfigureAwait(false);
            return;
        }
        var upload = storage.Uploads.Start(target.Repository, digest?.Algorithm ?? algorithm, principal.User is { } user ? "user " + user : ClientAddress.Of(context).ToString());
        if (digest is { } whole && upload.TryEnter())
        {
            try
            {
                await ReceiveAsync(context, upload, whole).ConfigureAwait(false);
            }
            finally
            {
                storage.Uploads.Remove(upload); // Its client never learns where it is, so it cannot be resumed.
            }
        }
        else Accepted(context, upload, StatusCodes.Status202Accepted);
    }

    public Task StatusAsync(HttpContext context, RequestTarget target)
    {
        if (storage.Uploads.Find(target.Repository, target.Reference) is not { } upload)
            return ErrorAnswer.WriteAsync(context, DistributionError.UploadUnknown, target.Reference);
        Accepted(context, upload, StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public Task AppendAsync(HttpContext context, RequestTarget target) => EnterAsync(context, target, digest: null);

    public Task FinishAsync(HttpContext context, RequestTarget target)
    {
        var text = context.Request.Query["digest"];
        if (Digest.TryParse(text, out var digest)) return EnterAsync(context, target, digest);
        var detail = text.Count == 0 ? "the parameter digest is missing" : text.ToString();
        return ErrorAnswer.WriteAsync(context, DistributionError.DigestInvalid, detail);
    }

    public Task CancelAsync(HttpContext context, RequestTarget target)
    {
        if (storage.Uploads.Find(target.Repository, target.Reference) is not { } upload)
            return ErrorAnswer.WriteAsync(context, DistributionError.UploadUnknown, target.Reference);
        storage.Uploads.Remove(upload);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task EnterAsync(HttpContext context, RequestTarget target, Digest? digest)
    {
        if (storage.Uploads.Find(target.Repository, target.Reference) is not { } upload)
            return ErrorAnswer.WriteAsync(context, DistributionError.UploadUnknown, target.Reference);
        return upload.TryEnter()
            ? ReceiveAsync(context, upload, digest)
            : ErrorAnswer.WriteAsync(context, DistributionError.UploadBusy, target.Reference);
    }

    // Takes the body of a request that entered the upload, then finishes the upload when a digest was given.
    private async Task ReceiveAsync(HttpContext context, BlobUpload upload, Digest? digest)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, upload.Abandoned);
        try
        {
            var error = await AppendBodyAsync(context, upload, cancellation.Token).ConfigureAwait(false);
            if (error is null && digest is { } expected) error = await CommitAsync(upload, expected, cancellation.Token).ConfigureAwait(false);

            if (error is not null)
            {
                if (!upload.Abandoned.IsCancellationRequested) DescribeStatus(context, upload);
                await ErrorAnswer.WriteAsync(context, error, digest?.ToString()).ConfigureAwait(false);
            }
            else if (digest is { } stored) Created(context, upload.Repository, stored);
            else Accepted(context, upload, StatusCodes.Status202Accepted);
        }
        catch (RefusedRequestException)
        {
            storage.Uploads.Remove(upload); // There is no room for it, and what came of it would take some.
            throw;
        }
        catch (OperationCanceledException) when (upload.Abandoned.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await ErrorAnswer.WriteAsync(context, DistributionError.UploadUnknown, "it was cancelled").ConfigureAwait(false);
        }
        finally
        {
            upload.Leave();
        }
    }

    private async Task<DistributionError?> AppendBodyAsync(HttpContext context, BlobUpload upload, CancellationToken cancellationToken)
    {
        var limit = long.MaxValue;
        if (context.Request.Headers.ContentRange.Count > 0)
        {
            if (!ByteRange.TryParseChunk(context.Request.Headers.ContentRange.ToString(), out var range) || range.Offset != upload.Offset)
                return DistributionError.UploadOutOfOrder;
            if (context.Request.ContentLength is { } length && length != range.Length) return DistributionError.SizeInvalid;
            limit = range.Length;
        }
        // Refused before it is sent, when its length is known.
        if (context.Request.ContentLength is { } announced) storage.Content.Quota.Check(announced);
        var begin = upload.Offset;
        void Forget() => storage.Uploads.Remove(upload);
        var ended = false;
        try
        {
            ended = await upload.AppendAsync(context.Request.BodyReader, limit, onDiskFailure: Forget, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Exchange.NoteReceived(context, upload.Offset - begin);
        }
        return ended && (limit == long.MaxValue || upload.Offset - begin == limit) ? null : DistributionError.SizeInvalid;
    }

    private async Task<DistributionError?> CommitAsync(BlobUpload upload, Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            if (!await upload.CommitAsync(digest, storage.Content, cancellationToken).ConfigureAwait(false)) return DistributionError.DigestInvalid;
            await storage.Repositories.LinkBlobAsync(upload.Repository, digest, cancellationToken).ConfigureAwait(false);
            return null;
        }
        finally
        {
            storage.Uploads.Remove(upload);
        }
    }

    // A mount without "from" takes the blob from wherever it is stored (distribution-spec end-11), where all that is here may be read by all.
    // Elsewhere a digest must not be enough to get what its client may not read, nor to learn that it is here.
    private async Task<Digest?> MountAsync(RepositoryName repository, string? mount, string? from, Principal principal, CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(mount, out var digest)) return null;
        var isThere = string.IsNullOrEmpty(from)
            ? principal.IsUnrestricted && storage.Content.Keep(digest)
            : RepositoryName.TryParse(from, out var source) && principal.May(RepositoryActions.Pull, from) && storage.Repositories.KeepBlob(source, digest);
        if (!isThere) return null;
        await storage.Repositories.LinkBlobAsync(repository, digest, cancellationToken).ConfigureAwait(false);
        return digest;
    }

    private static void Created(HttpContext context, RepositoryName repository, Digest digest)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v2/{repository}/blobs/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }

    private static void Accepted(HttpContext context, BlobUpload upload, int status)
    {
        context.Response.StatusCode = status;
        DescribeStatus(context, upload);
    }

    // "Range" is the specification's own form, without a unit. Before the first byte it cannot be said; all registries send 0-0 then.
    private static void DescribeStatus(HttpContext context, BlobUpload upload)
    {
        context.Response.Headers.Location = $"/v2/{upload.Repository}/blobs/uploads/{upload.Id}";
        context.Response.Headers.Range = $"0-{Math.Max(upload.Offset - 1, 0)}";
        context.Response.Headers["Docker-Upload-UUID"] = upload.Id.ToString();
    }
}
