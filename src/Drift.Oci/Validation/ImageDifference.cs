// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>Finds where two images that should be the same first differ: the platform, the layer, the entry, the byte.</summary>
public static class ImageDifference
{
    /// <summary>Describes the first difference in words, for example <c>linux/amd64, layer 0, /server: byte 4096 differs</c>; null when there is none.</summary>
    public static async Task<string?> FindAsync(IImageSource sourceA, Descriptor a, IImageSource sourceB, Descriptor b, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sourceA);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(sourceB);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Digest == b.Digest) return null;
        var bytesA = await sourceA.ReadManifestAsync(a, cancellationToken).ConfigureAwait(false);
        var bytesB = await sourceB.ReadManifestAsync(b, cancellationToken).ConfigureAwait(false);
        var name = a.Platform?.ToString() ?? (MediaTypes.IsIndex(a.MediaType) ? "index" : "image");
        if (a.MediaType != b.MediaType) return $"{name}: the media types {a.MediaType} and {b.MediaType}";
        if (MediaTypes.IsIndex(a.MediaType))
        {
            var indexA = OciJson.ReadIndex(bytesA.Span, name);
            var indexB = OciJson.ReadIndex(bytesB.Span, name);
            foreach (var (entryA, entryB) in indexA.Manifests.Zip(indexB.Manifests).Where(pair => pair.First.Platform == pair.Second.Platform))
            {
                if (await FindAsync(sourceA, entryA, sourceB, entryB, cancellationToken).ConfigureAwait(false) is { } difference) return difference;
            }
            return $"{name}: {InDocuments(bytesA, bytesB)}";
        }
        var manifestA = OciJson.ReadManifest(bytesA.Span, name);
        var manifestB = OciJson.ReadManifest(bytesB.Span, name);
        var configA = await sourceA.ReadSmallBlobAsync(manifestA.Config, cancellationToken).ConfigureAwait(false);
        var configB = await sourceB.ReadSmallBlobAsync(manifestB.Config, cancellationToken).ConfigureAwait(false);
        var layersA = Layers(sourceA, manifestA, OciJson.ReadConfig(configA, name));
        var layersB = Layers(sourceB, manifestB, OciJson.ReadConfig(configB, name));
        for (var i = 0; i < Math.Min(layersA.Length, layersB.Length); i++)
        {
            if (layersA[i].DiffId != layersB[i].DiffId) return $"{name}, layer {i}, {await InLayersAsync(layersA[i], layersB[i], cancellationToken).ConfigureAwait(false)}";
            if (layersA[i].Descriptor.Digest != layersB[i].Descriptor.Digest) return $"{name}, layer {i}: the tar is the same, and its compression differs";
        }
        return configA.AsSpan().SequenceEqual(configB) ? $"{name}, manifest: {InDocuments(bytesA, bytesB)}" : $"{name}, config: {InDocuments(configA, configB)}";
    }

    private static PackedLayer[] Layers(IImageSource source, ImageManifest manifest, ImageConfig config) =>
        [.. manifest.Layers.Zip(config.Rootfs.DiffIds, (layer, diffId) => new PackedLayer(layer, diffId, source))];

    private static async Task<string> InLayersAsync(PackedLayer a, PackedLayer b, CancellationToken cancellationToken)
    {
        var tarA = await a.OpenTarAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = tarA.ConfigureAwait(false);
        var tarB = await b.OpenTarAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = tarB.ConfigureAwait(false);
        var readerA = new TarReader(tarA, a.Descriptor.Digest.ToString());
        var readerB = new TarReader(tarB, b.Descriptor.Digest.ToString());
        while (true)
        {
            var entryA = await readerA.ReadAsync(cancellationToken).ConfigureAwait(false);
            var entryB = await readerB.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (entryA is null && entryB is null) return "after the last entry";
            if (entryA is null || entryB is null || entryA.Path != entryB.Path) return $"{Name(entryA)} in one build and {Name(entryB)} in the other";
            if (InHeaders(entryA, entryB) is { } header) return $"{Name(entryA)}: {header}";
            if (await InContentsAsync(readerA, readerB, cancellationToken).ConfigureAwait(false) is { } position) return $"{Name(entryA)}: byte {position} differs";
        }
    }

    private static string Name(TarEntry? entry) => entry is null ? "nothing" : "/" + LayerPath.Printable(entry.Path);

    private static string? InHeaders(TarEntry a, TarEntry b) =>
        a.Type != b.Type ? $"the types {a.Type} and {b.Type}"
        : a.Mode != b.Mode ? $"the modes {Convert.ToString(a.Mode, 8)} and {Convert.ToString(b.Mode, 8)}"
        : a.UserId != b.UserId || a.GroupId != b.GroupId ? $"the owners {a.UserId}:{a.GroupId} and {b.UserId}:{b.GroupId}"
        : a.ModificationTime != b.ModificationTime ? $"the times {a.ModificationTime} and {b.ModificationTime}"
        : a.LinkTarget != b.LinkTarget ? $"the targets {LayerPath.Printable(a.LinkTarget)} and {LayerPath.Printable(b.LinkTarget)}"
        : a.Size != b.Size ? $"the sizes {a.Size} and {b.Size}"
        : null;

    private static async Task<long?> InContentsAsync(TarReader a, TarReader b, CancellationToken cancellationToken)
    {
        var bufferA = new byte[64 * 1024];
        var bufferB = new byte[64 * 1024];
        for (var position = 0L; ; )
        {
            var readA = await FillAsync(a, bufferA, cancellationToken).ConfigureAwait(false);
            var readB = await FillAsync(b, bufferB, cancellationToken).ConfigureAwait(false);
            var same = bufferA.AsSpan(0, readA).CommonPrefixLength(bufferB.AsSpan(0, readB));
            if (same < readA || readA != readB) return position + same;
            if (readA == 0) return null;
            position += readA;
        }
    }

    private static async Task<int> FillAsync(TarReader reader, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        int read;
        while (filled < buffer.Length && (read = await reader.ReadContentAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false)) > 0) filled += read;
        return filled;
    }

    private static string InDocuments(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b) =>
        InMembers(JsonElement.Parse(a.Span), JsonElement.Parse(b.Span), "") is { } path ? $"{path} differs" : "the order of members or the blanks differ";

    /// <summary>The path of the first member that is not the same.</summary>
    private static string? InMembers(JsonElement a, JsonElement b, string path)
    {
        if (a.ValueKind != b.ValueKind) return path;
        if (a.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < Math.Max(a.GetArrayLength(), b.GetArrayLength()); i++)
            {
                if (i >= a.GetArrayLength() || i >= b.GetArrayLength()) return $"{path}[{i}]";
                if (InMembers(a[i], b[i], $"{path}[{i}]") is { } inItem) return inItem;
            }
            return null;
        }
        if (a.ValueKind != JsonValueKind.Object) return JsonElement.DeepEquals(a, b) ? null : path;
        foreach (var name in a.EnumerateObject().Concat(b.EnumerateObject()).Select(member => member.Name).Distinct(StringComparer.Ordinal))
        {
            var below = path.Length == 0 ? name : $"{path}.{name}";
            if (!a.TryGetProperty(name, out var memberA) || !b.TryGetProperty(name, out var memberB)) return below;
            if (InMembers(memberA, memberB, below) is { } inMember) return inMember;
        }
        return null;
    }
}
