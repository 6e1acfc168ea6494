// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A sink that keeps nothing: an image packed into it is measured and hashed only.</summary>
public sealed class DiscardSink : IImageSink
{
    private DiscardSink()
    {
    }

    /// <summary>The one instance.</summary>
    public static DiscardSink Instance { get; } = new();

    /// <summary>Always true: nothing has to be fetched from anywhere to be thrown away here.</summary>
    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(true);

    /// <inheritdoc/>
    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) => new(new Nothing());

    /// <inheritdoc/>
    public ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;

    private sealed class Nothing : BlobStream
    {
        public override ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
        public override void Write(byte[] buffer, int offset, int count) { }
        public override void Flush() { }
    }
}
