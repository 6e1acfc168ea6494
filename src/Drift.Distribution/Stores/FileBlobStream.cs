// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A blob on its way into a layout: a temporary file beside its place, renamed when it is complete.</summary>
internal sealed class FileBlobStream(string temporaryPath, Func<Digest, string> pathOf) : BlobStream
{
    private readonly FileStream _file = AtomicFile.Create(temporaryPath);
    private bool _finished;

    public override async ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_file.Length != descriptor.Size) throw new InvalidOperationException($"{_file.Length} bytes were written, not {descriptor.Size}.");
        _file.Flush(flushToDisk: true);
        await _file.DisposeAsync().ConfigureAwait(false);
        var path = pathOf(descriptor.Digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(temporaryPath, path, overwrite: true);
        _finished = true;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _file.WriteAsync(buffer, cancellationToken);
    public override void Write(byte[] buffer, int offset, int count) => _file.Write(buffer, offset, count);
    public override void Flush() => _file.Flush();
    public override Task FlushAsync(CancellationToken cancellationToken) => _file.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        if (!_finished) File.Delete(temporaryPath);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
