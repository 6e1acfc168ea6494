// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Takes the regular files that are wanted out of a tar, or tar.gz, from anyone.</summary>
internal static class ArchiveFiles
{
    // As many as the layers of very many images.
    private const int MaximumLinks = 10_000;

    /// <summary>
    /// Unpacks into a folder, and returns the symbolic links of wanted names with their targets as names in the archive. No link is made.
    /// </summary>
    public static Task<IReadOnlyDictionary<string, string>> UnpackAsync(string path, string directory, Func<string, bool> wanted, CancellationToken cancellationToken) => LocalStore.GuardAsync(path, async () =>
    {
        if (!System.IO.Path.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"{path} does not exist.", "Check the path.");
        var file = File.OpenRead(path);
        await using var _ = file.ConfigureAwait(false);
        if (!file.CanSeek) throw new DriftException(ErrorCode.NotSupported, $"{path} is a pipe or a device.", "Save the archive to a file first.");
        var input = await DecompressAsync(file, cancellationToken).ConfigureAwait(false);
        await using var __ = input.ConfigureAwait(false);
        try
        {
            return await UnpackAsync(new TarReader(input, path), path, directory, wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"{path} does not decompress: {e.Message}", "Make the archive again; this one is damaged or cut off.", e);
        }
    });

    /// <summary>The stream itself, or what it decompresses to when it begins as gzip does.</summary>
    public static async Task<Stream> DecompressAsync(Stream stream, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        var read = await stream.ReadAtLeastAsync(start, 2, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        stream.Position = 0;
        return read == 2 && start is [0x1f, 0x8b] ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static async Task<IReadOnlyDictionary<string, string>> UnpackAsync(TarReader tar, string path, string directory, Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        var budget = new DiskBudget(directory, path);
        var buffer = new byte[128 * 1024];
        while (await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            var name = entry.Path.StartsWith("./", StringComparison.Ordinal) ? entry.Path[2..] : entry.Path;
            if (entry.Type == TarEntryType.SymbolicLink && wanted(name) && links.Count < MaximumLinks) links[name] = TargetOf(name, entry.LinkTarget);
            // The wanted names are fixed words and digests, so no path can leave the folder; links and devices are never made.
            if (entry.Type != TarEntryType.File || !wanted(name)) continue;
            budget.Take(entry.Size);
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
        return links;
    }

    /// <summary>What a link beside <paramref name="name"/> points at, as a name in the archive; nothing that is wanted when it points outside.</summary>
    private static string TargetOf(string name, string target) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine("/", System.IO.Path.GetDirectoryName(name) ?? "", target))[1..];
}
