// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>Files that appear whole or not at all: written under another name, flushed to the disk, renamed.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await WriteAsync(path, stream => stream.WriteAsync(content, cancellationToken)).ConfigureAwait(false);

    public static async Task WriteAsync(string path, Func<Stream, ValueTask> write)
    {
        var temporary = TemporaryName(path);
        try
        {
            var stream = Create(temporary);
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

    public static string TemporaryName(string path) => $"{path}.{Guid.NewGuid():n}.tmp";

    public static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 64 * 1024,
        Options = FileOptions.Asynchronous,
    });
}
