// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A packed layer without the files that match: itself when none does.</summary>
internal sealed class StrippedLayer(PackedLayer layer, DockerIgnore patterns) : Layer
{
    public override async ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        var names = new StrippedNames(layer.Descriptor.Digest.ToString(), patterns);
        await layer.ReadEntriesAsync((entry, ordinal, _) =>
        {
            names.Add(entry, ordinal);
            return ValueTask.CompletedTask;
        }, cancellationToken).ConfigureAwait(false);
        Layer stripped = names.Complete() ? new Remains(layer, names) : layer;
        return await stripped.PackAsync(sink, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The entries that are left, in their order. A content whose own name is taken out stands under the first of its other ones.</summary>
    private sealed class Remains(PackedLayer layer, StrippedNames names) : TarLayer
    {
        private protected override async ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken)
        {
            var writer = new TarWriter(output);
            await layer.ReadEntriesAsync(async (entry, ordinal, reader) =>
            {
                if (names.EntryOf(entry, ordinal) is not { } kept) return;
                var content = new TarContentStream(reader);
                await using var _ = content.ConfigureAwait(false);
                await writer.WriteAsync(kept, content, cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            await writer.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
