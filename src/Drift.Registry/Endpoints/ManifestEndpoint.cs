// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/manifests/REFERENCE</c> (distribution-spec end-3, end-7 and end-9); a reference is a tag or a digest.</summary>
internal sealed class ManifestEndpoint(RegistryStorage storage, Mirror? mirror, int maximumSize)
{
    private const int MaximumMediaTypeLength = 255;
    private const int MaximumErrors = 100;

    public async Task ReadAsync(HttpContext context, RequestTarget target)
    {
        var manifest = mirror is null
            ? await FindAsync(target, context.RequestAborted).ConfigureAwait(false)
            : await mirror.FindManifestAsync(target, context.RequestAborted).ConfigureAwait(false);
        if (manifest is null) throw new RefusedRequestException(DistributionError.ManifestUnknown, target.Reference);
        if (Validator.Answer(context, manifest.Digest)) return;
        await JsonAnswer.WriteAsync(context, manifest.Content, manifest.MediaType).ConfigureAwait(false);
    }

    public async Task PutAsync(HttpContext context, RequestTarget target)
    {
        var cancellationToken = context.RequestAborted;
        var repository = target.Repository;
        var (expected, tags) = ReadReference(context.Request, target.Reference);
        var content = await ReadBodyAsync(context.Request, cancellationToken).ConfigureAwait(false);
        Exchange.NoteReceived(context, content.Length);
        var digest = Digests.Of(content.Span, expected?.Algorithm);
        if (expected is not null && digest != expected) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        var references = Read(content);
        var mediaType = Check(repository, references, context.Request.ContentType);

        await storage.Manifests.PutAsync(repository, new StoredManifest(digest, mediaType, content), references, tags, cancellationToken).ConfigureAwait(false);
        if (expected is not null)
        {
            foreach (var tag in tags) context.Response.Headers.Append("OCI-Tag", tag.ToString());
        }
        // Tells the client that it need not keep the list of referrers itself.
        if (references.Subject is { } subject) context.Response.Headers["OCI-Subject"] = subject.ToString();
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v2/{repository}/manifests/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }

    // A tag goes alone; a digest takes the manifest and every tag that points at it along.
    public async Task DeleteAsync(HttpContext context, RequestTarget target)
    {
        var deleted = Digest.TryParse(target.Reference, out var digest)
            ? await storage.Manifests.DeleteAsync(target.Repository, digest, context.RequestAborted).ConfigureAwait(false)
            : Tag.TryParse(target.Reference, out var tag) && await storage.Repositories.DeleteTagAsync(target.Repository, tag, context.RequestAborted).ConfigureAwait(false);
        if (!deleted) throw new RefusedRequestException(DistributionError.ManifestUnknown, target.Reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task<StoredManifest?> FindAsync(RequestTarget target, CancellationToken cancellationToken)
    {
        Digest? digest = Digest.TryParse(target.Reference, out var given) ? given
            : Tag.TryParse(target.Reference, out var tag) ? storage.Repositories.FindTag(target.Repository, tag)
            : null;
        return digest is { } known ? await storage.Manifests.FindAsync(target.Repository, known, cancellationToken).ConfigureAwait(false) : null;
    }

    // By tag: that tag. By digest: the tags of the query, as many as are given (distribution-spec end-7b).
    private static (Digest? Digest, IReadOnlyList<Tag> Tags) ReadReference(HttpRequest request, string reference)
    {
        var isDigest = reference.Contains(':', StringComparison.Ordinal);
        Digest digest = default;
        if (isDigest && !Digest.TryParse(reference, out digest)) throw new RefusedRequestException(DistributionError.DigestInvalid, reference);
        var names = isDigest ? request.Query["tag"].ToArray() : [reference];
        var tags = names.Select(name => Tag.TryParse(name, out var tag) ? tag : throw new RefusedRequestException(DistributionError.TagInvalid, name));
        return (isDigest ? digest : null, tags.ToArray());
    }

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // One byte more than the body, so that its end is seen without growing.
        var content = new ArrayBufferWriter<byte>((int)Math.Min(request.ContentLength ?? 4096, maximumSize) + 1);
        while (content.WrittenCount <= maximumSize && (request.ContentLength ?? 0) <= maximumSize)
        {
            var count = await request.Body.ReadAsync(content.GetMemory(), cancellationToken).ConfigureAwait(false);
            if (count == 0) return content.WrittenMemory;
            content.Advance(count);
        }
        throw new RefusedRequestException(DistributionError.ManifestTooLarge, $"at most {maximumSize} bytes are accepted");
    }

    private static ManifestReferences Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            return ManifestReferences.Read(content);
        }
        catch (FormatException e)
        {
            throw new RefusedRequestException(DistributionError.ManifestInvalid, e.Message);
        }
    }

    // Returns the media type to store. An image that a client could not pull whole afterwards is refused.
    private string Check(RepositoryName repository, ManifestReferences references, string? contentType)
    {
        // A parameter, such as a charset, is no part of the media type.
        var declared = contentType?.Split(';')[0].Trim();
        if (string.IsNullOrEmpty(declared)) declared = references.MediaType;
        if (string.IsNullOrEmpty(declared))
            throw new RefusedRequestException(DistributionError.ManifestInvalid, "there is neither a Content-Type header nor a mediaType");
        if (references.MediaType is { } own && own != declared)
            throw new RefusedRequestException(DistributionError.ManifestInvalid, $"the Content-Type is {declared}, the mediaType {own}");
        if (declared.Length > MaximumMediaTypeLength || declared.Any(c => c is <= ' ' or > '~'))
            throw new RefusedRequestException(DistributionError.ManifestInvalid, "the media type is not one");

        var missing = references.Blobs.Where(blob => !storage.Repositories.KeepBlob(repository, blob))
            .Distinct().Take(MaximumErrors).Select(digest => digest.ToString()).ToArray();
        return missing.Length == 0 ? declared : throw new RefusedRequestException(DistributionError.ManifestBlobUnknown, missing);
    }
}
