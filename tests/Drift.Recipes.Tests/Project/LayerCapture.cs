// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Tar = System.Formats.Tar;

namespace Drift.Recipes.Tests;

/// <summary>Keeps what is packed into it, and tells a layer's entries as .NET's own reader of tar sees them.</summary>
internal sealed class LayerCapture : IImageSink
{
    private readonly Dictionary<Digest, byte[]> _blobs = [];

    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => new(_blobs.ContainsKey(descriptor.Digest));

    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) => new(new Blob(_blobs));

    public ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>A plain layer's entries: <c>path mode uid:gid content</c>, with <c>→ target</c> for a link and <c>/</c> after a folder.</summary>
    public IReadOnlyList<string> Entries(Descriptor layer)
    {
        var entries = new List<string>();
        using var reader = new Tar.TarReader(new MemoryStream(_blobs[layer.Digest]));
        while (reader.GetNextEntry() is { } entry)
        {
            var content = entry.DataStream is { } data ? " " + new StreamReader(data).ReadToEnd() : "";
            var kind = entry.EntryType is Tar.TarEntryType.SymbolicLink or Tar.TarEntryType.HardLink ? $" → {entry.LinkName}" : content;
            entries.Add($"{entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid}{kind}");
        }
        return entries;
    }

    private sealed class Blob(Dictionary<Digest, byte[]> blobs) : BlobStream
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
