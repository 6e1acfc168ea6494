// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>One image as <c>docker save</c> writes it and <c>docker load</c> reads it: a tar with <c>manifest.json</c>, the config and the layers.</summary>
internal static class DockerArchive
{
    /// <summary>Writes an image of one platform.</summary>
    /// <param name="source">Where the image is.</param>
    /// <param name="image">The image's manifest.</param>
    /// <param name="name">The name and tag that <c>docker load</c> gives it; null for none.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops the writing; no file is left.</param>
    public static async Task WriteAsync(IImageSource source, Descriptor image, string? name, string path, CancellationToken cancellationToken)
    {
        var manifest = OciJson.ReadManifest((await source.ReadManifestAsync(image, cancellationToken).ConfigureAwait(false)).Span, image.Digest.ToString());
        var layers = manifest.Layers.DistinctBy(layer => layer.Digest).ToArray();
        if (Array.Find(layers, layer => MediaTypes.ToDocker(layer.MediaType) is null) is { } strange)
        {
            throw new DriftException(ErrorCode.NotSupported, $"A docker-archive cannot hold the layer {strange.Digest}, which is of the type {strange.MediaType}.", "Build the image with gzip layers (--compression gzip), or write an oci-archive.");
        }
        var entry = new DockerArchiveManifest
        {
            Config = manifest.Config.Digest.Hex + ".json",
            // In full: podman takes a name without a host for one of its own machine.
            RepoTags = name is null ? null : [ImageReference.Parse(name).ToString()],
            Layers = [.. manifest.Layers.Select(LayerName)],
        };
        var list = JsonSerializer.SerializeToUtf8Bytes([entry], DockerArchiveJsonContext.Default.DockerArchiveManifestArray);
        await AtomicFile.WriteAsync(path, async output =>
        {
            var tar = new TarWriter(output);
            foreach (var layer in layers) await WriteBlobAsync(LayerName(layer), layer).ConfigureAwait(false);
            await WriteBlobAsync(entry.Config, manifest.Config).ConfigureAwait(false);
            using var listStream = new MemoryStream(list);
            await tar.WriteAsync(new TarEntry { Path = "manifest.json", Type = TarEntryType.File, Size = list.Length }, listStream, cancellationToken).ConfigureAwait(false);
            await tar.FinishAsync(cancellationToken).ConfigureAwait(false);

            async Task WriteBlobAsync(string file, Descriptor blob)
            {
                var stream = await source.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false);
                await using var _ = stream.ConfigureAwait(false);
                await tar.WriteAsync(new TarEntry { Path = file, Type = TarEntryType.File, Size = blob.Size }, stream, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Reads the image of this name, or the only one, of an archive into a layout, and returns its new manifest.</summary>
    public static async Task<Descriptor> ReadAsync(string path, string? name, OciLayout layout, string scratchDirectory, CancellationToken cancellationToken)
    {
        await ArchiveFiles.UnpackAsync(path, scratchDirectory, IsPlainName, cancellationToken).ConfigureAwait(false);
        var listPath = System.IO.Path.Combine(scratchDirectory, "manifest.json");
        if (!File.Exists(listPath) || new FileInfo(listPath).Length > OciJson.MaximumSize) throw Invalid(path, "it has no manifest.json");
        DockerArchiveManifest[] list;
        try
        {
            list = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(listPath, cancellationToken).ConfigureAwait(false), DockerArchiveJsonContext.Default.DockerArchiveManifestArray) ?? [];
        }
        catch (JsonException e)
        {
            throw Invalid(path, $"its manifest.json does not parse: {e.Message}");
        }
        var entry = Select(list, name, path);

        var layers = new List<Descriptor>();
        foreach (var layer in entry.Layers) layers.Add(await AddAsync(layer, isLayer: true).ConfigureAwait(false));
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = await AddAsync(entry.Config, isLayer: false).ConfigureAwait(false),
            Layers = layers,
        });
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, manifest);
        await layout.WriteManifestAsync(descriptor, manifest, cancellationToken).ConfigureAwait(false);
        return descriptor;

        async Task<Descriptor> AddAsync(string member, bool isLayer)
        {
            if (!IsPlainName(member) || System.IO.Path.Combine(scratchDirectory, member) is var file && !File.Exists(file)) throw Invalid(path, $"it lacks '{member}'");
            using var stream = File.OpenRead(file);
            var digest = Digest.FromSha256(await System.Security.Cryptography.SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            stream.Position = 0;
            var isGzip = isLayer && await ArchiveFiles.DecompressAsync(stream, cancellationToken).ConfigureAwait(false) != stream;
            stream.Position = 0;
            var blob = new Descriptor
            {
                MediaType = !isLayer ? MediaTypes.OciConfig : isGzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayer,
                Digest = digest,
                Size = stream.Length,
            };
            var output = await layout.CreateBlobAsync(blob, cancellationToken).ConfigureAwait(false);
            await using var _ = output.ConfigureAwait(false);
            await stream.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
            await output.CommitAsync(blob, cancellationToken).ConfigureAwait(false);
            return blob;
        }
    }

    private static DockerArchiveManifest Select(DockerArchiveManifest[] list, string? name, string path)
    {
        if (name is null)
        {
            return list is [{ } only] ? only : throw new DriftException(ErrorCode.NotFound, $"{path} holds {list.Length} images.", $"Add a name, as in docker-archive:{path}:NAME:TAG; it has {Names()}.");
        }
        // Docker writes short names and skopeo full ones.
        var wanted = ImageReference.Parse(name);
        return Array.Find(list, image => image?.RepoTags?.Any(tag => ImageReference.TryParse(tag, out var reference) && reference == wanted) == true)
            ?? throw new DriftException(ErrorCode.NotFound, $"{path} has no image with the name {name}.", $"Use one of its names: {Names()}.");

        string Names() => string.Join(", ", list.SelectMany(image => image?.RepoTags ?? []).Take(10)) is { Length: > 0 } names ? names : "none";
    }

    /// <summary>A name that stays inside the folder: parts of letters, digits and <c>. _ -</c>, none of them beginning with a dot.</summary>
    private static bool IsPlainName(string? name) =>
        name?.Length <= 512 && name.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));

    // docker load and podman load find out by themselves that a layer is compressed.
    private static string LayerName(Descriptor layer) => layer.Digest.Hex + (layer.MediaType.EndsWith("gzip", StringComparison.Ordinal) ? ".tar.gz" : ".tar");

    private static DriftException Invalid(string path, string problem) =>
        new(ErrorCode.InvalidContent, $"{path} is not a docker-archive: {problem}.", "Name a file that docker save or drift build wrote.");
}
