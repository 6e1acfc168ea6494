// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Tar archives of any entries, for what no image tool would write.</summary>
internal static class TarFile
{
    public static TarEntry File(string path, byte[] content) => new() { Path = path, Type = TarEntryType.File, Size = content.Length };

    public static async Task<byte[]> OfAsync(params IEnumerable<(TarEntry Entry, byte[] Content)> entries)
    {
        using var archive = new MemoryStream();
        var writer = new TarWriter(archive);
        foreach (var (entry, content) in entries)
        {
            using var stream = new MemoryStream(content);
            if (entry.Type == TarEntryType.File) await writer.WriteAsync(entry, stream);
            else await writer.WriteAsync(entry);
        }
        await writer.FinishAsync();
        return archive.ToArray();
    }

    /// <summary>Every entry of an archive of files, in order.</summary>
    public static async Task<List<(TarEntry Entry, byte[] Content)>> ReadAsync(string path)
    {
        await using var stream = System.IO.File.OpenRead(path);
        var reader = new TarReader(stream, path);
        var entries = new List<(TarEntry, byte[])>();
        while (await reader.ReadAsync() is { } entry)
        {
            var content = new byte[entry.Size];
            for (var read = 0; read < content.Length;) read += await reader.ReadContentAsync(content.AsMemory(read));
            entries.Add((entry, content));
        }
        return entries;
    }

    public static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return compressed.ToArray();
    }
}
