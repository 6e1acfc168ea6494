// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// Reads the manifests and configs of a repository that one page shows, and no more of them than a page may cost: what comes after that is
/// not found, and the page does without it.
/// </summary>
internal sealed class PageReader(RegistryStorage storage, RepositoryName name)
{
    private long _rest = 4L * OciJson.MaximumSize;

    /// <summary>A manifest or index; null when the repository does not show it.</summary>
    public async Task<StoredManifest?> FindManifestAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (_rest <= 0 || await storage.Manifests.FindAsync(name, digest, cancellationToken).ConfigureAwait(false) is not { } manifest) return null;
        _rest -= manifest.Content.Length;
        return manifest;
    }

    /// <summary>The manifest of one image; null when the repository shows none that can be read by this digest.</summary>
    public async Task<ImageManifest?> FindImageAsync(Digest digest, CancellationToken cancellationToken) =>
        await FindManifestAsync(digest, cancellationToken).ConfigureAwait(false) is { } manifest && !MediaTypes.IsIndex(manifest.MediaType)
            ? Try(() => OciJson.ReadManifest(manifest.Content.Span, digest.ToString()))
            : null;

    /// <summary>An image's config; null when it has none, or the repository none that can be read.</summary>
    public async Task<ImageConfig?> FindConfigAsync(ImageManifest image, CancellationToken cancellationToken)
    {
        var descriptor = image.Config;
        if (!MediaTypes.IsConfig(descriptor.MediaType) || descriptor.Size > Math.Min(_rest, OciJson.MaximumSize) || !storage.Repositories.HasBlob(name, descriptor.Digest)) return null;
        _rest -= descriptor.Size;
        var json = new byte[descriptor.Size];
        if (!await TryReadAsync(descriptor, json, cancellationToken).ConfigureAwait(false) || Digests.Of(json, descriptor.Digest.Algorithm) != descriptor.Digest) return null;
        return Try(() => OciJson.ReadConfig(json, descriptor.Digest.ToString()));
    }

    /// <summary>Reads what somebody pushed; null when it is not what it should be.</summary>
    public static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (DriftException)
        {
            return null;
        }
    }

    private async Task<bool> TryReadAsync(Descriptor descriptor, byte[] bytes, CancellationToken cancellationToken)
    {
        using var file = storage.Content.OpenRead(descriptor.Digest);
        if (file is not null) return await RandomAccess.ReadAsync(file, bytes, fileOffset: 0, cancellationToken).ConfigureAwait(false) == bytes.Length;
        if (storage.Content.FindObject(descriptor.Digest) is not { } content || content.Size != bytes.Length) return false;
        var reader = storage.Content.Open(content, content.Size);
        await using var _ = reader.ConfigureAwait(false);
        for (var read = 0; read < bytes.Length;) read += await reader.ReadAsync(bytes.AsMemory(read), read, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
