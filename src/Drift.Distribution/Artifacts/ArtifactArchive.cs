// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Unpacks a folder that is in an artifact as a tar compressed by gzip.</summary>
/// <param name="files">Where to.</param>
/// <param name="title">The folder's path, which all paths in the archive begin with.</param>
internal sealed class ArtifactArchive(ArtifactStage files, string title)
{
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <summary>Unpacks the archive, and checks the digests of the blob and, where the artifact tells it, of the tar.</summary>
    public async Task UnpackAsync(IImageSource source, Descriptor blob, CancellationToken cancellationToken)
    {
        var stored = await source.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false);
        await using var _ = stored.ConfigureAwait(false);
        var unpacked = new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true);
        await using var __ = unpacked.ConfigureAwait(false);
        var told = Digest.TryParse(blob.Annotations?.GetValueOrDefault(ArtifactFile.DigestAnnotation), out var digest);
        using var hash = told ? digest.CreateHash() : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var tar = new HashedStream(unpacked, hash);
        await using var ___ = tar.ConfigureAwait(false);
        try
        {
            files.CreateDirectory(title);
            await UnpackAsync(new TarReader(tar, blob.Digest.ToString()), blob, cancellationToken).ConfigureAwait(false);
            await tar.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The folder {title} in {blob.Digest} does not decompress: {e.Message}", "Push the artifact again; this one is damaged.", e);
        }
        await stored.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        if (told && !digest.Matches(hash.GetHashAndReset())) throw new DriftException(ErrorCode.ContentMismatch, $"The tar of the folder {title} in {blob.Digest} does not have the digest {digest}.", "Push the artifact again; this one is damaged.");
    }

    private async Task UnpackAsync(TarReader tar, Descriptor blob, CancellationToken cancellationToken)
    {
        while (await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            var path = entry.Path.TrimEnd('/');
            if (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
            if (path == title && entry.Type == TarEntryType.Directory) continue;
            if (!IsBelow(path)) throw Refused(path, "is outside of it");
            switch (entry.Type)
            {
                case TarEntryType.Directory:
                    files.CreateDirectory(path);
                    break;
                case TarEntryType.SymbolicLink:
                    if (!ArtifactTitle.LeadsInside(title, path, entry.LinkTarget)) throw Refused(path, "is a link that leads out of it");
                    files.Link(path, entry.LinkTarget);
                    break;
                case TarEntryType.HardLink:
                    if (!IsBelow(entry.LinkTarget)) throw Refused(path, "is a link that leads out of it");
                    files.Duplicate(entry.LinkTarget, path);
                    break;
                case TarEntryType.File:
                    var file = files.Create(path, entry.Size, entry.Mode);
                    await using (file.ConfigureAwait(false))
                    {
                        int read;
                        while ((read = await tar.ReadContentAsync(_buffer, cancellationToken).ConfigureAwait(false)) > 0) await file.WriteAsync(_buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    }
                    break;
                default:
                    throw Refused(path, "is neither a file nor a folder nor a link");
            }
        }

        DriftException Refused(string path, string problem) =>
            new(ErrorCode.InvalidContent, $"'{RegistryAnswer.Printable(path)}' in the folder '{RegistryAnswer.Printable(title)}' of {blob.Digest} {problem}.", "Do not use this artifact; it is hostile or damaged.");
    }

    private bool IsBelow(string path) => path.StartsWith(title + "/", StringComparison.Ordinal);

    private sealed class HashedStream(Stream inner, IncrementalHash hash) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            hash.AppendData(buffer.Span[..read]);
            return read;
        }
    }
}
