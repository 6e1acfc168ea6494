// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Registry;

/// <summary>
/// The folder for one running server's unfinished files. A locked file beside it shows that its server lives; whoever opens the
/// storage next removes the folders whose lock is free, so a server that was killed leaves nothing behind for long.
/// </summary>
internal sealed class SessionDirectory : IDisposable
{
    private const string LockSuffix = ".lock";
    private readonly FileStream? _lock;
    private readonly string _path;
    private readonly BucketReplica? _replica;

    private SessionDirectory(FileStream? @lock, string path, BucketReplica? replica = null)
    {
        _lock = @lock;
        _path = path;
        _replica = replica;
    }

    /// <summary>The folder of a server that writes nothing.</summary>
    public static SessionDirectory ReadOnly { get; } = new(null, "");

    /// <summary>Removes what dead servers left in <paramref name="parent"/>, and makes a folder for this one. What it writes elsewhere goes to the replica too.</summary>
    public static SessionDirectory Open(string parent, BucketReplica? replica = null)
    {
        Directory.CreateDirectory(parent);
        foreach (var lockPath in Directory.EnumerateFiles(parent, "*" + LockSuffix)) RemoveIfDead(lockPath);

        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(parent, Guid.NewGuid().ToString("N"));
            try
            {
                // The lock is there before the folder, so that no folder is ever without one.
                var held = new FileStream(path + LockSuffix, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
                Directory.CreateDirectory(path);
                return new SessionDirectory(held, path, replica);
            }
            catch (IOException) when (attempt < 3 && File.Exists(path + LockSuffix))
            {
                // Another server that is just starting looked at the file between its creation and its locking.
            }
        }
    }

    /// <summary>A path in this folder that no file has.</summary>
    public string NewPath() => _lock is null ? throw new InvalidOperationException("The storage is read-only.") : Path.Combine(_path, Guid.NewGuid().ToString("N"));

    /// <summary>Whether the disk takes a file, and takes it away again.</summary>
    public bool CanWrite()
    {
        try
        {
            var path = NewPath();
            File.WriteAllBytes(path, "."u8);
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes <paramref name="path"/> hold <paramref name="content"/>: at every moment, also of a power cut, it is the old file or the whole new one.</summary>
    public Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        return _replica is null ? WriteHereAsync(path, content, cancellationToken) : _replica.ChangeAsync(path, WriteBothAsync, cancellationToken);

        async Task<bool> WriteBothAsync()
        {
            await _replica.PutAsync(path, content, cancellationToken).ConfigureAwait(false);
            // The copy is not taken back when the client leaves just now.
            await WriteHereAsync(path, content, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Makes <paramref name="path"/> hold <paramref name="line"/>.</summary>
    public Task WriteAsync(string path, string line, CancellationToken cancellationToken) =>
        WriteAsync(path, Encoding.UTF8.GetBytes(line), cancellationToken);

    /// <summary>Makes an empty file.</summary>
    public Task CreateAsync(string path, CancellationToken cancellationToken)
    {
        if (_replica is not null) return WriteAsync(path, ReadOnlyMemory<byte>.Empty, cancellationToken);
        var folder = Path.GetDirectoryName(path)!;
        Disk.CreateFolder(folder);
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        Disk.FlushFolder(folder);
        return Task.CompletedTask;
    }

    /// <summary>Removes a file for good; false when there was none.</summary>
    public Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        return _replica is null ? Task.FromResult(Disk.Delete(path)) : _replica.ChangeAsync(path, DeleteBothAsync, cancellationToken);

        async Task<bool> DeleteBothAsync()
        {
            if (!File.Exists(path)) return false;
            await _replica.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
            return Disk.Delete(path);
        }
    }

    public void Dispose()
    {
        if (_lock is null) return;
        // The files' own requests were cut off just before: what cannot be removed now is removed at the next start.
        try
        {
            Directory.Delete(_path, recursive: true);
            File.Delete(_lock.Name);
        }
        catch (IOException)
        {
        }
        _lock.Dispose();
    }

    private async Task WriteHereAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = NewPath();
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, preallocationSize: content.Length))
            {
                await RandomAccess.WriteAsync(file, content, fileOffset: 0, cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(file);
            }
            var folder = Path.GetDirectoryName(path)!;
            Disk.CreateFolder(folder);
            File.Move(temporary, path, overwrite: true);
            Disk.FlushFolder(folder);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void RemoveIfDead(string lockPath)
    {
        try
        {
            using var claim = new FileStream(lockPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            var path = lockPath[..^LockSuffix.Length];
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            File.Delete(lockPath);
        }
        catch (IOException)
        {
            // Its server lives, or another one is clearing it.
        }
    }
}
