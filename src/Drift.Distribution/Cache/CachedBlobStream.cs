// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A blob on its way into the cache. What the file system refuses ends this copy and nothing else. The file is not flushed to the disk:
/// every reader checks its digest.
/// </summary>
internal sealed class CachedBlobStream(string temporaryPath, Func<Digest, string> pathOf, Action committed) : BlobStream
{
    private FileStream? _file = AtomicFile.Create(temporaryPath);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _file?.Write(buffer.Span);
        }
        catch (IOException)
        {
            Abandon();
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_file is null) return ValueTask.CompletedTask;
        try
        {
            var length = _file.Length;
            _file.Dispose();
            if (length != descriptor.Size) throw new InvalidOperationException($"{length} bytes were written, not {descriptor.Size}.");
            var path = pathOf(descriptor.Digest);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporaryPath, path, overwrite: true);
            _file = null;
            committed();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Abandon();
        }
        return ValueTask.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Blobs are written asynchronously.");

    public override void Flush() { }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _file is not null) Abandon();
        base.Dispose(disposing);
    }

    private void Abandon()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // What was buffered does not fit on the disk any more.
        }
        _file = null;
        File.Delete(temporaryPath);
    }
}
