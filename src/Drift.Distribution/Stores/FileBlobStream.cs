// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A blob on its way into a layout: a temporary file, renamed into its place when it is complete.</summary>
internal sealed class FileBlobStream(string temporaryPath, Func<Digest, string> pathOf) : BlobStream
{
    private readonly FileStream _file = AtomicFile.Create(temporaryPath);
    private long _begun;
    private bool _finished;

    public override ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_file.Length != descriptor.Size) throw new InvalidOperationException($"{_file.Length} bytes were written, not {descriptor.Size}.");
        var path = pathOf(descriptor.Digest);
        LocalStore.Guard(path, () =>
        {
            _file.Flush(flushToDisk: true);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Still open, and so locked: nobody takes it for abandoned before it has its name.
            File.Move(temporaryPath, path, overwrite: true);
            _finished = true;
            _file.Dispose();
            return true;
        });
        return ValueTask.CompletedTask;
    }

    // A file is written on some thread in any case: this one saves the way to another.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _file.Write(buffer.Span);
            if (_file.Position - _begun >= Writeback.Step) _begun = Writeback.Begin(_file, _begun);
        }
        catch (IOException e)
        {
            throw LocalStore.Refused(temporaryPath, e);
        }
        return ValueTask.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => _file.Write(buffer, offset, count);
    public override void Flush() => _file.Flush();
    public override Task FlushAsync(CancellationToken cancellationToken) => _file.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DisposeFile();
            if (!_finished) File.Delete(temporaryPath);
        }
        base.Dispose(disposing);
    }

    private void DisposeFile()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What was buffered does not fit on the disk any more, and is thrown away anyhow.
        }
    }
}
