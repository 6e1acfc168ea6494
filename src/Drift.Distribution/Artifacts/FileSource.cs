// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A file as a source of one blob: read once for its digest, and again to send it, so that a blob that is there already is not sent.</summary>
internal sealed class FileSource : IImageSource
{
    private readonly string _path;

    private FileSource(string path) => _path = path;

    /// <summary>Computes a file's digest.</summary>
    /// <exception cref="DriftException">It cannot be read, or is no file.</exception>
    public static Task<(Descriptor Descriptor, FileSource Source)> OpenAsync(string path, string mediaType, CancellationToken cancellationToken) => LocalStore.GuardAsync(path, async () =>
    {
        if (!File.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"{path} does not exist.", "Check the path.");
        // A pipe would wait for its writer.
        var content = await ContentSource.FromFile(path).OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        var hash = await SHA256.HashDataAsync(content.Stream, cancellationToken).ConfigureAwait(false);
        return (new Descriptor { MediaType = mediaType, Digest = Digest.FromSha256(hash), Size = content.Length }, new FileSource(path));
    });

    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(LocalStore.Guard<Stream>(_path, () => new VerifyingStream(File.OpenRead(_path), descriptor, _path)));

    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => await this.ReadSmallBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
}
