// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Blobs and manifests in memory.</summary>
internal sealed class MemoryImage : IImageSource, IImageSink
{
    private readonly Dictionary<Digest, byte[]> _blobs = [];

    public byte[] Blob(Descriptor descriptor) => _blobs[descriptor.Digest];

    public PackedLayer Add(byte[] tar)
    {
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, tar);
        _blobs[descriptor.Digest] = tar;
        return new PackedLayer(descriptor, descriptor.Digest, this);
    }

    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(_blobs.ContainsKey(descriptor.Digest));

    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) => new(new NewBlob(_blobs));

    public ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        _blobs[descriptor.Digest] = content.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        new(new VerifyingStream(new MemoryStream(_blobs[descriptor.Digest]), descriptor, "input"));

    public ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(_blobs[descriptor.Digest]);

    private sealed class NewBlob(Dictionary<Digest, byte[]> blobs) : BlobStream
    {
        private readonly MemoryStream _content = new();

        public override ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
        {
            blobs[descriptor.Digest] = _content.ToArray();
            return ValueTask.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _content.WriteAsync(buffer, cancellationToken);
        public override void Write(byte[] buffer, int offset, int count) => _content.Write(buffer, offset, count);
        public override void Flush() { }
    }
}
