// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Oci;

/// <summary>Decompresses a stored layer and compares its diffID at the end.</summary>
internal sealed class LayerTarStream : ReadOnlyStream
{
    private readonly Stream _stored;
    private readonly LayerDecompressor? _decompressor;
    private readonly PackedLayer _layer;
    private readonly IncrementalHash _hash;
    private long _count;
    private bool _finished;

    public LayerTarStream(Stream stored, PackedLayer layer)
    {
        _stored = stored;
        _layer = layer;
        var encoding = LayerMediaType.EncodingOf(layer.Descriptor.MediaType);
        if (encoding == LayerEncoding.Unknown)
        {
            throw new DriftException(ErrorCode.NotSupported, $"The layer {layer.Descriptor.Digest} is of the type {layer.Descriptor.MediaType}, which is not read here.", "Use an image whose layers are tar, plain or compressed by gzip or zstd.");
        }
        _decompressor = LayerDecompressor.Open(encoding, stored);
        _hash = layer.DiffId.CreateHash();
    }

    public override long Position { get => _count; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_finished || buffer.IsEmpty) return 0;
        var read = await (_decompressor ?? _stored).ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0)
        {
            _hash.AppendData(buffer.Span[..read]);
            _count += read;
            return read;
        }
        // The compressed bytes are read to their end too, which checks their digest.
        await _stored.CopyToAsync(Null, cancellationToken).ConfigureAwait(false);
        if (_decompressor?.Fault is { } fault)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The layer {_layer.Descriptor.Digest} does not decompress: {fault}", "Push the image again; this layer is damaged or cut off.");
        }
        _finished = true;
        var actual = _hash.GetHashAndReset();
        if (_layer.DiffId.Matches(actual)) return 0;
        throw new ContentException(new Descriptor { MediaType = MediaTypes.OciLayer, Digest = _layer.DiffId, Size = _count },
            _layer.DiffId.Algorithm == "sha256" ? Digest.FromSha256(actual) : null, _count, $"The tar of the layer {_layer.Descriptor.Digest}");
    }

    public override async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (_decompressor is not null) await _decompressor.DisposeAsync().ConfigureAwait(false);
        await _stored.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _decompressor?.Dispose();
            _stored.Dispose();
        }
        base.Dispose(disposing);
    }
}
