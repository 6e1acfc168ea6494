// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Images as <c>docker save</c> writes them and <c>docker load</c> reads them: a tar with <c>manifest.json</c>, which names config and layers.</summary>
internal static class DockerArchive
{
    /// <summary>Whether Docker's format has a name for a layer's type, and its bytes are there.</summary>
    public static bool CanHold(Descriptor layer) => MediaTypes.ToDocker(layer.MediaType) is not null && !MediaTypes.IsForeignLayer(layer.MediaType);

    /// <summary>The entry of <c>manifest.json</c> for an image whose blobs are where an OCI layout has them. Who loads it finds out by itself that a layer is compressed.</summary>
    /// <param name="manifest">The image.</param>
    /// <param name="name">Its name and tag; null for none.</param>
    public static DockerArchiveManifest ManifestOf(ImageManifest manifest, ImageReference? name) => new()
    {
        Config = ImageArchive.BlobName(manifest.Config),
        // In full: podman takes a name without a host for one of its own machine.
        RepoTags = name is null ? null : [name.ToString()],
        Layers = [.. manifest.Layers.Select(ImageArchive.BlobName)],
    };

    /// <summary>Reads the image of this name, or the only one, of an archive into a layout, and returns its new manifest.</summary>
    public static async Task<Descriptor> ReadAsync(string path, string? name, OciLayout layout, string scratchDirectory, CancellationToken cancellationToken)
    {
        var links = await ArchiveFiles.UnpackAsync(path, scratchDirectory, IsPlainName, cancellationToken).ConfigureAwait(false);
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

        var known = new Dictionary<string, Descriptor>(StringComparer.Ordinal);
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
            // A layer that an image has twice is a link to itself in what docker save writes.
            if (IsPlainName(member) && links.TryGetValue(member, out var target)) member = target;
            if (!IsPlainName(member) || System.IO.Path.Combine(scratchDirectory, member) is var file && !File.Exists(file)) throw Invalid(path, $"it lacks '{member}'");
            // An archive may name one file many times.
            if (known.TryGetValue(member, out var stored)) return stored;
            using var stream = File.OpenRead(file);
            var digest = Digest.FromSha256(await System.Security.Cryptography.SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            stream.Position = 0;
            var start = new byte[4];
            await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            stream.Position = 0;
            var blob = new Descriptor
            {
                MediaType = isLayer ? LayerType(start) : MediaTypes.OciConfig,
                Digest = digest,
                Size = stream.Length,
            };
            var output = await layout.CreateBlobAsync(blob, cancellationToken).ConfigureAwait(false);
            await using var _ = output.ConfigureAwait(false);
            await stream.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
            await output.CommitAsync(blob, cancellationToken).ConfigureAwait(false);
            return known[member] = blob;
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

    // manifest.json does not tell; gzip (RFC 1952) and zstd (RFC 8878) begin with a number of their own.
    private static string LayerType(byte[] start) => start switch
    {
        [0x1f, 0x8b, ..] => MediaTypes.OciLayerGzip,
        [0x28, 0xb5, 0x2f, 0xfd] => MediaTypes.OciLayerZstd,
        _ => MediaTypes.OciLayer,
    };

    /// <summary>A name that stays inside the folder: parts of letters, digits and <c>. _ -</c>, none of them beginning with a dot.</summary>
    private static bool IsPlainName(string? name) =>
        name?.Length <= 512 && name.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));

    private static DriftException Invalid(string path, string problem) =>
        new(ErrorCode.InvalidContent, $"{path} is not a docker-archive: {problem}.", "Name a file that docker save or drift build wrote.");
}
