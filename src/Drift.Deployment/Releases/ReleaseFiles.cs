// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>The files of a release: the program of each platform's image, and their sums.</summary>
public static class ReleaseFiles
{
    /// <summary>The name of the file of sums, in the format of <c>sha256sum</c>.</summary>
    public const string Sums = "SHA256SUMS";

    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>
    /// Writes <c>NAME-OS-ARCH</c> for each image that holds one file alone, its entrypoint, and <c>SHA256SUMS</c> of all; files of these
    /// names are replaced. An image of more files has none: its program may need the others.
    /// </summary>
    /// <param name="source">Holds the images.</param>
    /// <param name="index">The images.</param>
    /// <param name="name">What the names begin with.</param>
    /// <param name="directory">The folder to write to; made when it is not there.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="DriftException">A layer does not hold what its digest says.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<IReadOnlyList<ReleaseAsset>> WriteAsync(IImageSource source, PackedIndex index, string name, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(index);
        Directory.CreateDirectory(directory);
        var assets = new List<ReleaseAsset>();
        foreach (var image in index.Images)
        {
            if (!await IsOneProgramAsync(source, image, cancellationToken).ConfigureAwait(false)) continue;
            var platform = image.Config.Platform;
            assets.Add(await WriteProgramAsync(source, image, Path.Combine(directory, $"{name}-{platform.ToString().Replace('/', '-')}"), cancellationToken).ConfigureAwait(false));
        }
        if (assets.Count == 0) return [];
        var sums = Encoding.UTF8.GetBytes(string.Concat(assets.OrderBy(asset => asset.Name, StringComparer.Ordinal).Select(asset => $"{asset.Digest.Hex}  {asset.Name}\n")));
        var path = Path.Combine(directory, Sums);
        await AtomicFile.WriteAsync(path, sums, cancellationToken).ConfigureAwait(false);
        return [.. assets, new ReleaseAsset(Sums, path, sums.Length, Digest.Of(sums))];
    }

    private static async Task<bool> IsOneProgramAsync(IImageSource source, PackedImage image, CancellationToken cancellationToken)
    {
        if (image.Config.Config?.Entrypoint is not [var program, ..] || image.Manifest.Layers is not [var layer]) return false;
        var reader = await LayerReader.OpenAsync(source, layer, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var files = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            if (entry.Type == TarEntryType.Directory) continue;
            if (entry.Type != TarEntryType.File || entry.Path.TrimStart('/') != program.TrimStart('/') || ++files > 1) return false;
        }
        return files == 1;
    }

    private static async Task<ReleaseAsset> WriteProgramAsync(IImageSource source, PackedImage image, string path, CancellationToken cancellationToken)
    {
        var reader = await LayerReader.OpenAsync(source, image.Manifest.Layers[0], cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        await AtomicFile.WriteAsync(path, async stream =>
        {
            var buffer = new byte[1 << 16];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
            {
                for (int count; entry.Type == TarEntryType.File && (count = await reader.ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; size += count)
                {
                    hash.AppendData(buffer.AsSpan(0, count));
                    await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }
        }, Executable).ConfigureAwait(false);
        return new ReleaseAsset(Path.GetFileName(path), path, size, Digest.FromSha256(hash.GetHashAndReset()));
    }
}
