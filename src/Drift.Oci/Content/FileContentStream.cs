// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Reads a file where it is asked to. No system reads plain files without a thread that waits; handing every read to another one and back,
/// as FileStream does, costs more than reading small files does.
/// </summary>
internal sealed class FileContentStream(FileStream file) : ReadOnlyStream
{
    public override long Length => file.Length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(file.Read(buffer.Span));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
