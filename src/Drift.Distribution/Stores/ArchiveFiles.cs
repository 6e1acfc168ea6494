// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Takes the regular files that are wanted out of a tar, or tar.gz, from anyone.</summary>
internal static class ArchiveFiles
{
    public static async Task UnpackAsync(string path, string directory, Func<string, bool> wanted, CancellationToken cancellationToken) => await LocalStore.GuardAsync(path, async () =>
    {
        if (!System.IO.Path.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"{path} does not exist.", "Check the path.");
        var file = File.OpenRead(path);
        await using var _ = file.ConfigureAwait(false);
        if (!file.CanSeek) throw new DriftException(ErrorCode.NotSupported, $"{path} is a pipe or a device.", "Save the archive to a file first.");
        var input = await DecompressAsync(file, cancellationToken).ConfigureAwait(false);
        await using var __ = input.ConfigureAwait(false);
        try
        {
            await UnpackAsync(new TarReader(input, path), path, directory, wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"{path} does not decompress: {e.Message}", "Make the archive again; this one is damaged or cut off.", e);
        }
        return true;
    }).ConfigureAwait(false);

    /// <summary>The stream itself, or what it decompresses to when it begins as gzip does.</summary>
    public static async Task<Stream> DecompressAsync(Stream stream, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        var read = await stream.ReadAtLeastAsync(start, 2, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        stream.Position = 0;
        return read == 2 && start is [0x1f, 0x8b] ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static async Task UnpackAsync(TarReader tar, string path, string directory, Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        while (await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            var name = entry.Path.StartsWith("./", StringComparison.Ordinal) ? entry.Path[2..] : entry.Path;
            // The wanted names are fixed words and digests, so no path can leave the folder; links and devices are never made.
            if (entry.Type != TarEntryType.File || !wanted(name)) continue;
            var target = System.IO.Path.Combine(directory, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            if (File.Exists(target)) throw new DriftException(ErrorCode.InvalidContent, $"{path} holds {name} twice.", "Make the archive again.");
            var output = File.Create(target);
            await using var _ = output.ConfigureAwait(false);
            int read;
            while ((read = await tar.ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
