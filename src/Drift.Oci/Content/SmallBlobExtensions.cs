// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Reads what is small enough for memory.</summary>
public static class SmallBlobExtensions
{
    /// <summary>Reads a blob into memory: a manifest or a config, of at most <see cref="OciJson.MaximumSize"/> bytes.</summary>
    public static async ValueTask<byte[]> ReadSmallBlobAsync(this IImageSource source, Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(descriptor);
        if (descriptor.Size is < 0 or > OciJson.MaximumSize)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"{descriptor.Digest} claims {descriptor.Size} bytes; at most {OciJson.MaximumSize} are read here.", "Do not use this image; it is hostile or damaged.");
        }
        var stream = await source.OpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var bytes = new byte[descriptor.Size];
        // The verifying stream ends early or late with an error of its own; reading past the end makes it check the digest.
        await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        await stream.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
