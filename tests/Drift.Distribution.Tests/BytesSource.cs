// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>One blob, as it is: also when it is not what it is said to be.</summary>
internal sealed class BytesSource(byte[] content) : IImageSource
{
    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        new(new VerifyingStream(new MemoryStream(content), descriptor, "the source"));

    public ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
