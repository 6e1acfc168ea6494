// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What the cache remembers of a layer, as one line: media type, digest, size, and the digest of its tar.</summary>
internal static class CachedLayer
{
    public static byte[] Write(PackedLayer layer) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{layer.Descriptor.MediaType} {layer.Descriptor.Digest} {layer.Descriptor.Size} {layer.DiffId}\n"));

    /// <summary>Reads a record; null when it is not whole.</summary>
    public static PackedLayer? Read(ReadOnlySpan<byte> bytes, IImageSource source) =>
        Encoding.UTF8.GetString(bytes).Split(' ') is [var mediaType, var digestText, var sizeText, var diffIdText]
        && diffIdText.EndsWith('\n')
        && Digest.TryParse(digestText, out var digest)
        && long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
        && Digest.TryParse(diffIdText[..^1], out var diffId)
            ? new PackedLayer(new Descriptor { MediaType = mediaType, Digest = digest, Size = size }, diffId, source)
            : null;
}
