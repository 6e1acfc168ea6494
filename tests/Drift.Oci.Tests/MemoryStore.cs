// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

/// <summary>Images in memory, and what was asked of them.</summary>
internal sealed class MemoryStore : IImageSource, IImageSink
{
    public Dictionary<Digest, byte[]> Blobs { get; } = [];

    public Dictionary<Digest, byte[]> Manifests { get; } = [];

    /// <summary>The blobs that were opened, in order.</summary>
    public List<Digest> Opened { get; } = [];

    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(Blobs.ContainsKey(descriptor.Digest));

    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) => new(new Blob(this));

    public ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        Manifests[descriptor.Digest] = content.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        Opened.Add(descriptor.Digest);
        return new(new VerifyingStream(new MemoryStream(Blobs[descriptor.Digest]), descriptor, "memory"));
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(Manifests[descriptor.Digest]);

    private sealed class Blob(MemoryStore store) : BlobStream
    {
        private readonly MemoryStream _content = new();

        public override ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
        {
            Assert.Equal(descriptor.Digest, Digest.Of(_content.ToArray()));
            store.Blobs[descriptor.Digest] = _content.ToArray();
            return ValueTask.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _content.WriteAsync(buffer, cancellationToken);
        public override void Write(byte[] buffer, int offset, int count) => _content.Write(buffer, offset, count);
        public override void Flush() { }
    }
}
