// SPDX-License-Identifier: Apache-2.0

using System.Buffers;

namespace Drift.Oci;

/// <summary>Reads one layer once: its blob's digest and size, its compression, its diffID and what is in its tar.</summary>
internal static class LayerValidator
{
    public static async Task ValidateAsync(IImageSource source, Descriptor layer, Digest? diffId, bool isArtifact, string location, FindingBag findings, CancellationToken cancellationToken)
    {
        var encoding = isArtifact ? LayerEncoding.Unknown : LayerMediaType.EncodingOf(layer.MediaType);
        Stream opened;
        try
        {
            opened = await source.OpenBlobAsync(layer, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotFound)
        {
            findings.Error(FindingId.BlobMissing, location, $"The blob {layer.Digest} is missing.");
            return;
        }
        var blob = new TolerantStream(opened);
        await using var _ = blob.ConfigureAwait(false);
        var found = new FindingBag();
        if (encoding != LayerEncoding.Unknown) await ValidateTarAsync(blob, encoding, diffId, location, found, cancellationToken).ConfigureAwait(false);
        else if (!isArtifact) found.Warning(FindingId.UnknownMediaType, location, $"The media type {layer.MediaType} is not that of a layer; its content is not checked.");
        await blob.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);

        // What is in a blob that is another one than the image's says nothing about the image.
        if (DocumentReader.Report(blob.Fault, location, findings)) return;
        findings.AddAll(found);
    }

    private static async Task ValidateTarAsync(Stream blob, LayerEncoding encoding, Digest? diffId, string location, FindingBag findings, CancellationToken cancellationToken)
    {
        using var decompressor = TryOpen(encoding, blob, location, findings);
        if (decompressor is null && encoding != LayerEncoding.Tar) return;
        using var hash = (diffId ?? Digest.Of([])).CreateHash();
        var tar = new HashingReader(decompressor ?? blob, hash);
        await using var _ = tar.ConfigureAwait(false);
        var found = new FindingBag();
        try
        {
            await TarValidator.ValidateAsync(new TarReader(tar, "of the layer"), location, found, cancellationToken).ConfigureAwait(false);
            await CheckRestAsync(tar, location, found, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException e) when (e.Code == ErrorCode.InvalidContent)
        {
            found.Error(FindingId.TarDamaged, location, e.Message);
        }
        await tar.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);

        // Damage of the compression explains a damaged archive and a wrong diffID; garbage after it explains neither.
        if (decompressor?.Problem == FindingId.LayerUnreadable) findings.Warning(FindingId.LayerUnreadable, location, $"{decompressor.Describe()} Its files and its diffID are not checked.");
        else if (decompressor?.Problem is { } problem) findings.Error(problem, location, decompressor.Describe());
        if (decompressor?.Fault is not null) return;
        findings.AddAll(found);
        if (diffId is { } expected && !expected.Matches(hash.GetHashAndReset()))
        {
            findings.Error(FindingId.DiffId, location, $"The uncompressed layer does not have the diffID {expected} of the config.");
        }
    }

    /// <summary>Opens what is compressed; what this machine cannot read is told.</summary>
    private static LayerDecompressor? TryOpen(LayerEncoding encoding, Stream blob, string location, FindingBag findings)
    {
        try
        {
            return LayerDecompressor.Open(encoding, blob);
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotSupported)
        {
            findings.Warning(FindingId.LayerUnreadable, location, $"{e.Message} The layer's files and its diffID are not checked.");
            return null;
        }
    }

    /// <summary>After the two zero blocks that end an archive, tools pad with more of them; anything else hides.</summary>
    private static async Task CheckRestAsync(Stream tar, string location, FindingBag findings, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var reported = false;
            int read;
            while ((read = await tar.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (reported || !buffer.AsSpan(0, read).ContainsAnyExcept((byte)0)) continue;
                findings.Warning(FindingId.TarTrailing, location, "Something other than zeros follows the end of the tar archive.");
                reported = true;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
