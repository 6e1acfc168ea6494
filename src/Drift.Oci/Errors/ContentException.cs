// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Content whose digest or size is not what its descriptor says.</summary>
public sealed class ContentException : DriftException
{
    /// <summary>Creates the error for content read from <paramref name="origin"/>, for example a URL or a path.</summary>
    public ContentException(Descriptor expected, Digest? actualDigest, long actualSize, string origin)
        : base(ErrorCode.ContentMismatch, Describe(expected, actualDigest, actualSize, origin),
            "Fetch it again; if it fails the same way, the stored content is damaged and has to be pushed again.")
    {
        Expected = expected;
        ActualDigest = actualDigest;
        ActualSize = actualSize;
    }

    /// <summary>What the content should have been.</summary>
    public Descriptor Expected { get; }

    /// <summary>The digest of what was read; null when reading stopped at a wrong size.</summary>
    public Digest? ActualDigest { get; }

    /// <summary>How many bytes were read, up to the first byte that was too many.</summary>
    public long ActualSize { get; }

    private static string Describe(Descriptor expected, Digest? actualDigest, long actualSize, string origin) =>
        actualSize < expected.Size ? $"{origin} ended after {actualSize} of {expected.Size} bytes of {expected.Digest}"
        : actualSize > expected.Size ? $"{origin} is longer than the {expected.Size} bytes of {expected.Digest}"
        : $"{origin} has the digest {actualDigest}, not {expected.Digest}";
}
