// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;

namespace Drift.Oci;

/// <summary>A layer made of files, folders and links. Entries are sorted by path, so their order of adding does not matter.</summary>
public sealed class FileLayer : Layer
{
    private readonly IReadOnlyList<FileLayerEntry> _entries;

    internal FileLayer(IReadOnlyList<FileLayerEntry> entries) => _entries = entries;

    /// <summary>Plans a layer.</summary>
    public static FileLayer Create(Action<FileLayerBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new FileLayerBuilder();
        build(builder);
        return builder.Build();
    }

    /// <inheritdoc/>
    public override async ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new PackOptions();
        var blob = await sink.CreateBlobAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = blob.ConfigureAwait(false);

        using var stored = new HashingStream(blob);
        Digest diffId;
        if (options.Compression == LayerCompression.Gzip)
        {
            var gzip = new GZipStream(stored, CompressionLevel.Optimal, leaveOpen: true);
            await using (gzip.ConfigureAwait(false))
            {
                diffId = await WriteTarAsync(gzip, options.Epoch, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            diffId = await WriteTarAsync(stored, options.Epoch, cancellationToken).ConfigureAwait(false);
        }
        var descriptor = new Descriptor
        {
            MediaType = options.Compression == LayerCompression.None ? MediaTypes.OciLayer : MediaTypes.OciLayerGzip,
            Digest = stored.Finish(),
            Size = stored.Count,
        };
        await blob.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
        return new PackedLayer(descriptor, diffId);
    }

    private async ValueTask<Digest> WriteTarAsync(Stream output, long epoch, CancellationToken cancellationToken)
    {
        using var hashed = new HashingStream(output);
        var writer = new TarWriter(hashed);
        foreach (var entry in _entries)
        {
            var header = new TarEntry
            {
                Path = entry.Path,
                Type = entry.Type,
                Mode = entry.Mode,
                UserId = entry.UserId,
                GroupId = entry.GroupId,
                LinkTarget = entry.LinkTarget,
                ModificationTime = epoch,
            };
            if (entry.Content is null)
            {
                await writer.WriteAsync(header, cancellationToken).ConfigureAwait(false);
                continue;
            }
            var content = await entry.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = content.ConfigureAwait(false);
            await writer.WriteAsync(header with { Size = content.Length }, content.Stream, cancellationToken).ConfigureAwait(false);
        }
        await writer.FinishAsync(cancellationToken).ConfigureAwait(false);
        return hashed.Finish();
    }
}
