// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/blobs/DIGEST</c> (distribution-spec end-2 and end-10).</summary>
internal sealed class BlobEndpoint(RegistryStorage storage, Mirror? mirror)
{
    private const int CopySize = 128 * 1024;
    private const int FlushSize = 2 * CopySize;

    public async Task ReadAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var digest)) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        var isHead = HttpMethods.IsHead(context.Request.Method);
        using var file = Open(target.Repository, digest, isHead);
        if (file is not null) mirror?.CountHit();
        if (file is not null) await AnswerAsync(context, file, digest).ConfigureAwait(false);
        else if (mirror is not null) await mirror.ReadBlobAsync(context, target.Repository, digest, AnswerAsync).ConfigureAwait(false);
        else throw new RefusedRequestException(DistributionError.BlobUnknown, target.Reference);
    }

    // The content stays on disk until garbage is collected: another repository may show it.
    public Task DeleteAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var digest)) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        if (!storage.Repositories.UnlinkBlob(target.Repository, digest)) throw new RefusedRequestException(DistributionError.BlobUnknown, target.Reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    // Who asks by HEAD may be about to push a manifest without pushing the blob.
    private SafeFileHandle? Open(RepositoryName name, Digest digest, bool isHead)
    {
        var isThere = isHead && storage.IsWritten ? storage.Repositories.KeepBlob(name, digest) : storage.Repositories.HasBlob(name, digest);
        return isThere ? storage.Content.OpenRead(digest) : null;
    }

    private static async Task AnswerAsync(HttpContext context, SafeFileHandle file, Digest digest)
    {
        var size = RandomAccess.GetLength(file);
        var response = context.Response;
        response.Headers.AcceptRanges = "bytes";
        if (Validator.Answer(context, digest)) return;
        var isRange = ByteRange.TryParse(context.Request.Headers.Range, size, out var range)
            && HttpMethods.IsGet(context.Request.Method) && Validator.AllowsRange(context.Request, digest);
        if (!isRange) range = new ByteRange(0, size);
        else if (range.Length == 0)
        {
            response.Headers.ContentRange = $"bytes */{size}";
            throw new RefusedRequestException(DistributionError.RangeInvalid, context.Request.Headers.Range.ToString());
        }
        else
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{size}";
        }
        response.ContentType = "application/octet-stream";
        response.ContentLength = range.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await SendAsync(file, range, context).ConfigureAwait(false);
    }

    private static async Task SendAsync(SafeFileHandle file, ByteRange range, HttpContext context)
    {
        var (body, cancellationToken) = (context.Response.BodyWriter, context.RequestAborted);
        var (offset, rest) = range;
        while (rest > 0)
        {
            var memory = body.GetMemory((int)Math.Min(CopySize, rest));
            if (memory.Length > rest) memory = memory[..(int)rest];
            // Not asynchronously: the file is nearly always in memory, and then it takes less than handing it to another thread.
            var count = RandomAccess.Read(file, memory.Span, offset);
            if (count == 0) throw new IOException("A blob's file is shorter than it was.");
            body.Advance(count);
            offset += count;
            rest -= count;
            if (rest > 0 && body.UnflushedBytes < FlushSize) continue;
            Exchange.NoteSent(context, body.UnflushedBytes);
            await body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
