// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Machines;

/// <summary>A file that is a disk byte by byte; the file system tells where its holes are.</summary>
internal sealed class RawDisk : IDiskSource
{
    private readonly SafeFileHandle _file;
    private readonly long _fileLength;

    /// <summary>Opens a file.</summary>
    /// <exception cref="DriftException">It is not there, is no file or cannot be read.</exception>
    public RawDisk(string path)
    {
        Name = path;
        try
        {
            if (Directory.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"{path} is a folder.", "Give the path of a disk image: a file in qcow2 or raw format.");
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            _fileLength = RandomAccess.GetLength(_file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || path.Length == 0)
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"'{path}' does not exist.", "Give the path of a disk image: a file in qcow2 or raw format.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{path} cannot be read: {e.Message}", "Give a file that may be read.", e);
        }
        Length = DiskFormat.RoundUp(_fileLength, DiskFormat.SectorSize);
    }

    public string Name { get; }

    public long Length { get; }

    public int BlockSize => DiskFormat.SectorSize;

    public async IAsyncEnumerable<DiskExtent> FindDataAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var position = 0L; FileHoles.NextData(_file, position, _fileLength) is { } extent; position = extent.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return extent;
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var read = await RandomAccess.ReadAsync(_file, buffer, offset, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                // Only what completes the last sector is after the end.
                if (offset < _fileLength) throw new DriftException(ErrorCode.FileSystem, $"{Name} became shorter while it was read.", "Wrap it again when nothing writes to it.");
                buffer.Span.Clear();
                return;
            }
            offset += read;
            buffer = buffer[read..];
        }
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
