// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Security.Cryptography;

namespace Drift.Oci;

/// <summary>Decompresses a stored layer and compares its diffID at the end.</summary>
internal sealed class LayerTarStream : ReadOnlyStream
{
    private readonly Stream _stored;
    private readonly Stream _tar;
    private readonly PackedLayer _layer;
    private readonly IncrementalHash _hash;
    private long _count;
    private bool _finished;

    public LayerTarStream(Stream stored, PackedLayer layer)
    {
        _stored = stored;
        _layer = layer;
        _tar = layer.Descriptor.MediaType switch
        {
            MediaTypes.OciLayerGzip or MediaTypes.DockerLayerGzip => new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true),
            MediaTypes.OciLayer or MediaTypes.DockerLayer => stored,
            var other => throw new DriftException(ErrorCode.NotSupported, $"The layer {layer.Descriptor.Digest} is of the type {other}, which is not read here.", "Use an image whose layers are gzip or plain tar."),
        };
        _hash = layer.DiffId.CreateHash();
    }

    public override long Position { get => _count; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_finished || buffer.IsEmpty) return 0;
        int read;
        try
        {
            read = await _tar.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            // The compressed bytes are read to their end too, which checks their digest.
            if (read == 0) await _stored.CopyToAsync(Null, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The layer {_layer.Descriptor.Digest} does not decompress: {e.Message}", "Push the image again; this layer is damaged.", e);
        }
        if (read > 0)
        {
            _hash.AppendData(buffer.Span[..read]);
            _count += read;
            return read;
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
        await _tar.DisposeAsync().ConfigureAwait(false);
        await _stored.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _tar.Dispose();
            _stored.Dispose();
        }
        base.Dispose(disposing);
    }
}
