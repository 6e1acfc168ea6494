// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/blobs/DIGEST</c> (distribution-spec end-2 and end-10).</summary>
internal sealed class BlobEndpoint(RegistryStorage storage, Mirror? mirror, bool redirects)
{
    private const int CopySize = 128 * 1024;
    private const int FlushSize = 2 * CopySize;

    public async Task ReadAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var digest)) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        var isHead = HttpMethods.IsHead(context.Request.Method);
        // Who asks by HEAD may be about to push a manifest without pushing the blob.
        var isShown = isHead && storage.IsWritten ? storage.Repositories.KeepBlob(target.Repository, digest) : storage.Repositories.HasBlob(target.Repository, digest);
        if (isShown && await TryAnswerAsync(context, digest).ConfigureAwait(false)) mirror?.CountHit();
        else if (mirror is not null) await mirror.ReadBlobAsync(context, target.Repository, digest, TryAnswerAsync).ConfigureAwait(false);
        else throw new RefusedRequestException(DistributionError.BlobUnknown, target.Reference);
    }

    // The content stays on disk until garbage is collected: another repository may show it.
    public async Task DeleteAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var digest)) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        if (!await storage.Repositories.UnlinkBlobAsync(target.Repository, digest, context.RequestAborted).ConfigureAwait(false))
            throw new RefusedRequestException(DistributionError.BlobUnknown, target.Reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    /// <summary>Sends the blob, or the part of it that is asked for; false when it is not stored.</summary>
    private async Task<bool> TryAnswerAsync(HttpContext context, Digest digest)
    {
        using var file = storage.Content.OpenRead(digest);
        if (file is not null)
        {
            if (Describe(context, digest, RandomAccess.GetLength(file)) is { } range)
            {
                // Not asynchronously: the file is nearly always in memory, and then it takes less than handing it to another thread.
                await SendAsync((memory, offset) => new(RandomAccess.Read(file, memory.Span, offset)), range, context).ConfigureAwait(false);
            }
            return true;
        }
        if (storage.Content.FindObject(digest) is not { } content) return false;
        if (redirects && HttpMethods.IsGet(context.Request.Method)) context.Response.Redirect(storage.Content.AddressOf(content), permanent: false, preserveMethod: true);
        else if (Describe(context, digest, content.Size) is { } range)
        {
            var reader = storage.Content.Open(content, range.Offset + range.Length);
            await using var _ = reader.ConfigureAwait(false);
            await SendAsync((memory, offset) => reader.ReadAsync(memory, offset, context.RequestAborted), range, context).ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>Writes the headers of the answer; null when no body follows.</summary>
    private static ByteRange? Describe(HttpContext context, Digest digest, long size)
    {
        var response = context.Response;
        response.Headers.AcceptRanges = "bytes";
        if (Validator.Answer(context, digest)) return null;
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
        return HttpMethods.IsHead(context.Request.Method) ? null : range;
    }

    private static async Task SendAsync(Func<Memory<byte>, long, ValueTask<int>> readAsync, ByteRange range, HttpContext context)
    {
        var body = context.Response.BodyWriter;
        var (offset, rest) = range;
        while (rest > 0)
        {
            var memory = body.GetMemory((int)Math.Min(CopySize, rest));
            var count = await readAsync(memory.Length > rest ? memory[..(int)rest] : memory, offset).ConfigureAwait(false);
            if (count == 0) throw new IOException("A blob is shorter than it was.");
            body.Advance(count);
            offset += count;
            rest -= count;
            if (rest > 0 && body.UnflushedBytes < FlushSize) continue;
            Exchange.NoteSent(context, body.UnflushedBytes);
            await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }
}
