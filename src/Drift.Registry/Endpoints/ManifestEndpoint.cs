// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Security.Cryptography;
using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/manifests/REFERENCE</c> (distribution-spec end-3, end-7 and end-9); a reference is a tag or a digest.</summary>
internal sealed class ManifestEndpoint(RegistryStorage storage, int maximumSize)
{
    private const int MaximumMediaTypeLength = 255;
    private const int MaximumErrors = 100;

    private RepositoryStore Repositories => storage.Repositories;

    public async Task ReadAsync(HttpContext context, RequestTarget target)
    {
        var cancellationToken = context.RequestAborted;
        var repository = target.Repository;
        Digest? digest = Digest.TryParse(target.Reference, out var given) ? given
            : Tag.TryParse(target.Reference, out var tag) ? await Repositories.FindTagAsync(repository, tag, cancellationToken).ConfigureAwait(false)
            : null;
        var manifest = digest is { } known ? await Repositories.FindManifestAsync(repository, known, cancellationToken).ConfigureAwait(false) : null;
        if (manifest is null)
        {
            await ErrorAnswer.WriteAsync(context, DistributionError.ManifestUnknown, target.Reference).ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = manifest.MediaType;
        context.Response.ContentLength = manifest.Content.Length;
        context.Response.Headers["Docker-Content-Digest"] = manifest.Digest.ToString();
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.Body.WriteAsync(manifest.Content, cancellationToken).ConfigureAwait(false);
    }

    public async Task PutAsync(HttpContext context, RequestTarget target)
    {
        var cancellationToken = context.RequestAborted;
        var repository = target.Repository;
        var (expected, tags) = ReadReference(context.Request, target.Reference);
        var content = await ReadBodyAsync(context.Request, cancellationToken).ConfigureAwait(false);
        var digest = DigestOf(content.Span, expected);
        if (expected is not null && digest != expected) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        var mediaType = Check(repository, content, context.Request.ContentType);

        await Repositories.PutManifestAsync(repository, new StoredManifest(digest, mediaType, content), cancellationToken).ConfigureAwait(false);
        foreach (var tag in tags)
        {
            await Repositories.SetTagAsync(repository, tag, digest, cancellationToken).ConfigureAwait(false);
            if (expected is not null) context.Response.Headers.Append("OCI-Tag", tag.ToString());
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v2/{repository}/manifests/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }

    // A tag goes alone; a digest takes the manifest and every tag that points at it along.
    public async Task DeleteAsync(HttpContext context, RequestTarget target)
    {
        var deleted = Digest.TryParse(target.Reference, out var digest)
            ? await Repositories.DeleteManifestAsync(target.Repository, digest, context.RequestAborted).ConfigureAwait(false)
            : Tag.TryParse(target.Reference, out var tag) && Repositories.DeleteTag(target.Repository, tag);
        if (!deleted) throw new RefusedRequestException(DistributionError.ManifestUnknown, target.Reference);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
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

    private static Digest DigestOf(ReadOnlySpan<byte> content, Digest? expected) => expected?.Algorithm == "sha512"
        ? Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)))
        : Digest.Of(content);

    // Returns the media type to store. Content that a client could not pull whole afterwards is refused.
    private string Check(RepositoryName repository, ReadOnlyMemory<byte> content, string? contentType)
    {
        ManifestReferences references;
        try
        {
            references = ManifestReferences.Read(content);
        }
        catch (FormatException e)
        {
            throw new RefusedRequestException(DistributionError.ManifestInvalid, e.Message);
        }
        // A parameter, such as a charset, is no part of the media type.
        var declared = contentType?.Split(';')[0].Trim();
        if (string.IsNullOrEmpty(declared)) declared = references.MediaType;
        if (string.IsNullOrEmpty(declared))
            throw new RefusedRequestException(DistributionError.ManifestInvalid, "there is neither a Content-Type header nor a mediaType");
        if (references.MediaType is { } own && own != declared)
            throw new RefusedRequestException(DistributionError.ManifestInvalid, $"the Content-Type is {declared}, the mediaType {own}");
        if (declared.Length > MaximumMediaTypeLength || declared.Any(c => c is <= ' ' or > '~'))
            throw new RefusedRequestException(DistributionError.ManifestInvalid, "the media type is not one");

        var missing = references.Blobs.Where(blob => !Repositories.HasBlob(repository, blob))
            .Concat(references.Manifests.Where(manifest => !Repositories.HasManifest(repository, manifest)))
            .Distinct().Take(MaximumErrors).Select(digest => digest.ToString()).ToArray();
        return missing.Length == 0 ? declared : throw new RefusedRequestException(DistributionError.ManifestBlobUnknown, missing);
    }
}
