// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Reads a file, and tells at its end when someone wrote to it meanwhile: what was read may be half old and half new then.</summary>
internal sealed class UnchangedFileStream : ReadOnlyStream
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly DateTime _time;

    public UnchangedFileStream(string path)
    {
        _path = path;
        // The lock that goes with it excludes nobody who writes.
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        _time = File.GetLastWriteTimeUtc(_file.SafeFileHandle);
    }

    public override bool CanSeek => _file.CanSeek;

    public override long Length => _file.Length;

    public override long Position { get => _file.Position; set => _file.Position = value; }

    // A file is read on some thread in any case, and mostly from memory: this one saves the way to another.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = _file.Read(buffer.Span);
        if (read == 0 && !buffer.IsEmpty && File.GetLastWriteTimeUtc(_file.SafeFileHandle) != _time)
        {
            throw new DriftException(ErrorCode.LayerSource, $"{_path} was written to while it was read.", "Build again when nothing writes to the file.");
        }
        return new(read);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
