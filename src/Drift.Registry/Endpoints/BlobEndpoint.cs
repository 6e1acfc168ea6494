// SPDX-License-Identifier: Apache-2.0

using System.IO.Pipelines;
using Drift.Oci;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/blobs/DIGEST</c> (distribution-spec end-2 and end-10).</summary>
internal sealed class BlobEndpoint(RegistryStorage storage)
{
    private const int CopySize = 128 * 1024;

    public async Task ReadAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var digest))
        {
            await ErrorAnswer.WriteAsync(context, DistributionError.DigestInvalid, target.Reference).ConfigureAwait(false);
            return;
        }
        using var file = storage.Repositories.HasBlob(target.Repository, digest) ? storage.Content.OpenRead(digest) : null;
        if (file is null)
        {
            await ErrorAnswer.WriteAsync(context, DistributionError.BlobUnknown, target.Reference).ConfigureAwait(false);
            return;
        }

        var size = RandomAccess.GetLength(file);
        var response = context.Response;
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.AcceptRanges = "bytes";
        // If-Range names a validator; there is none but the digest in the URL, so the client gets the whole (RFC 9110 §13.1.5).
        var isRange = ByteRange.TryParse(context.Request.Headers.Range, size, out var range)
            && HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.IfRange.Count == 0;
        if (!isRange) range = new ByteRange(0, size);
        else if (range.Length == 0)
        {
            response.Headers.ContentRange = $"bytes */{size}";
            await ErrorAnswer.WriteAsync(context, DistributionError.RangeInvalid, context.Request.Headers.Range.ToString()).ConfigureAwait(false);
            return;
        }
        else
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{size}";
        }
        response.ContentType = "application/octet-stream";
        response.ContentLength = range.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await SendAsync(file, range, response.BodyWriter, context.RequestAborted).ConfigureAwait(false);
    }

    // The content stays on disk until garbage is collected: another repository may show it.
    public Task DeleteAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var digest))
            return ErrorAnswer.WriteAsync(context, DistributionError.DigestInvalid, target.Reference);
        if (!storage.Repositories.UnlinkBlob(target.Repository, digest))
            return ErrorAnswer.WriteAsync(context, DistributionError.BlobUnknown, target.Reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static async Task SendAsync(SafeFileHandle file, ByteRange range, PipeWriter body, CancellationToken cancellationToken)
    {
        var (offset, rest) = range;
        while (rest > 0)
        {
            var memory = body.GetMemory((int)Math.Min(CopySize, rest));
            if (memory.Length > rest) memory = memory[..(int)rest];
            var count = await RandomAccess.ReadAsync(file, memory, offset, cancellationToken).ConfigureAwait(false);
            if (count == 0) throw new IOException("A blob's file is shorter than it was.");
            body.Advance(count);
            await body.FlushAsync(cancellationToken).ConfigureAwait(false);
            offset += count;
            rest -= count;
        }
    }
}
