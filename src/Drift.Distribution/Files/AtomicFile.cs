// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>Files that appear whole or not at all: written under another name, flushed to the disk, renamed.</summary>
internal static class AtomicFile
{
    private const string Prefix = ".drift-", Suffix = ".tmp";
    // Between making a file and locking it, its maker may be held up.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken, UnixFileMode? mode = null) =>
        await WriteAsync(path, stream =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(content.Span);
            return ValueTask.CompletedTask;
        }, mode).ConfigureAwait(false);

    public static async Task WriteAsync(string path, Func<Stream, ValueTask> write, UnixFileMode? mode = null)
    {
        var temporary = TemporaryName(path);
        try
        {
            var stream = Create(temporary, mode);
            await using (stream.ConfigureAwait(false))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A name beside <paramref name="path"/> that no one else takes.</summary>
    public static string TemporaryName(string path) => Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Prefix}{Guid.NewGuid():n}{Suffix}");

    /// <summary>Whether <see cref="TemporaryName"/> makes such names of files.</summary>
    public static bool IsTemporary(string fileName) =>
        fileName.StartsWith(Prefix, StringComparison.Ordinal) && fileName.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Deletes what processes that were killed have left half-written in a folder. Files that someone writes to are locked.</summary>
    public static void DeleteAbandoned(string directory)
    {
        var abandoned = TimeProvider.System.GetUtcNow().UtcDateTime - AbandonedAfter;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles($"{Prefix}*{Suffix}").Where(file => file.LastWriteTimeUtc < abandoned))
        {
            try
            {
                using (file.Open(FileMode.Open, FileAccess.Read, FileShare.None)) file.Delete();
            }
            catch (IOException)
            {
                // Someone else writes or deletes it.
            }
        }
    }

    public static FileStream Create(string path, UnixFileMode? mode = null) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        // A shared lock: enough against DeleteAbandoned, which wants one of its own, and no obstacle to who reads the file just after its renaming.
        Share = FileShare.Read,
        BufferSize = 64 * 1024,
        UnixCreateMode = mode,
    });
}
