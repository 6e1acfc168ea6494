// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A layer whose tar exists: plain, or compressed by gzip or zstd. Its entries are checked and their bytes stay as they are, so the diffID is the archive's own.</summary>
public sealed class ArchiveLayer : TarLayer
{
    private readonly ContentSource _archive;
    private readonly string _name;

    private ArchiveLayer(ContentSource archive, string name)
    {
        _archive = archive;
        _name = name;
    }

    /// <summary>Plans a layer from a tar, tar.gz or tar.zst file of this machine; it is read when the layer is packed.</summary>
    public static ArchiveLayer FromFile(string path) => Create(ContentSource.FromFile(path), path);

    /// <summary>Plans a layer from the bytes of a tar, tar.gz or tar.zst; <paramref name="name"/> stands for it in errors.</summary>
    public static ArchiveLayer Create(ContentSource archive, string name)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ArchiveLayer(archive, name);
    }

    private protected override void Describe(LayerInputs inputs, PackOptions options) => _archive.Describe(inputs);

    private protected override async ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken)
    {
        var encoding = await EncodingAsync(cancellationToken).ConfigureAwait(false);
        var content = await _archive.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        using var decompressor = LayerDecompressor.Open(encoding, content.Stream);
        var tee = new TeeStream(decompressor ?? content.Stream, output);
        await using var __ = tee.ConfigureAwait(false);
        var reader = new TarReader(tee, _name);
        try
        {
            var entries = 0;
            for (; await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; entries++)
            {
                if (LayerPath.Split(entry.Path) is null || (entry.Type == TarEntryType.HardLink && LayerPath.Split(entry.LinkTarget) is null))
                {
                    throw new DriftException(ErrorCode.InvalidContent, $"The tar archive {_name} has an entry that leaves the image: {LayerPath.Printable(entry.Path)}", "Make the archive with paths below its own root.");
                }
            }
            // What follows the end of an archive, zeros as a rule, is part of the layer's digest.
            var rest = new byte[64 * 1024];
            while (await tee.ReadAsync(rest, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (DriftException) when (decompressor?.Fault is not null)
        {
            // The archive ends early because of what is told below.
        }
        if (decompressor?.Fault is { } fault)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"{_name} does not decompress: {fault}", "Make the archive again; this one is damaged or cut off.");
        }
    }

    /// <summary>What the archive's first bytes say of its compression.</summary>
    private async ValueTask<LayerEncoding> EncodingAsync(CancellationToken cancellationToken)
    {
        var content = await _archive.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        var start = new byte[4];
        await content.Stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return start is [0x1f, 0x8b, ..] ? LayerEncoding.Gzip : ZstdReader.IsMagic(start) ? LayerEncoding.Zstd : LayerEncoding.Tar;
    }
}
