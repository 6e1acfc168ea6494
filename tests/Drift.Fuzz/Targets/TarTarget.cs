// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Tar archives: what the reader reads and the writer writes is read as the same.</summary>
internal sealed class TarTarget() : FuzzTarget("tar")
{
    public override IReadOnlyList<string> Tokens => TarTokens.All;

    public override int BlockSize => TarFormat.BlockSize;

    public override void Repair(byte[] input) => TarTokens.Repair(input);

    public override async Task<string> RunAsync(byte[] input)
    {
        var entries = await ReadAsync(input);
        using var written = new MemoryStream();
        var writer = new TarWriter(written);
        foreach (var (entry, content) in entries)
        {
            using var stream = new MemoryStream(content);
            await writer.WriteAsync(entry, stream);
        }
        await writer.FinishAsync();
        var again = await ReadAsync(written.ToArray());
        Ensure(again.Select(Facts).SequenceEqual(entries.Select(Facts), StringComparer.Ordinal), "what was written is not what was read");
        return string.Join(' ', entries.Select(entry => $"{entry.Entry.Type}{(entry.Content.Length > 0 ? "+" : "")}{(entry.Entry.ExtendedAttributes is null ? "" : "@")}").Take(8));
    }

    private static async Task<List<(TarEntry Entry, byte[] Content)>> ReadAsync(byte[] archive)
    {
        using var stream = new MemoryStream(archive);
        var reader = new TarReader(stream, "input");
        var entries = new List<(TarEntry, byte[])>();
        var buffer = new byte[4096];
        while (await reader.ReadAsync() is { } entry)
        {
            using var content = new MemoryStream();
            int read;
            while ((read = await reader.ReadContentAsync(buffer)) > 0) content.Write(buffer, 0, read);
            Ensure(content.Length == entry.Size, "the content is not as long as the entry says");
            entries.Add((entry, content.ToArray()));
        }
        return entries;
    }

    private static string Facts((TarEntry Entry, byte[] Content) file)
    {
        var (entry, content) = file;
        var attributes = entry.ExtendedAttributes?.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Convert.ToHexString(pair.Value.Span)}") ?? [];
        // The writer ends the paths of folders with a slash.
        var path = entry.Type == TarEntryType.Directory && !entry.Path.EndsWith('/') ? entry.Path + "/" : entry.Path;
        return string.Join('|', path, entry.Type, entry.Mode, entry.UserId, entry.GroupId, entry.Size, entry.ModificationTime, entry.LinkTarget, entry.Device, string.Join(',', attributes), Encoding.Latin1.GetString(content));
    }
}
