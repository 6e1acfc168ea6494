// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// What a copy has begun, in a file that is whole at any time: whoever runs it again goes on from there, whatever ended it. It holds no secret: a
/// link to the object is made anew instead.
/// </summary>
internal sealed class CopyJournal : IDisposable
{
    private const int LargestFile = 1 << 20;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;

    private CopyJournal(string path, FileStream @lock, CopyRecord record)
    {
        Path = path;
        _lock = @lock;
        Record = record;
    }

    public string Path { get; }

    /// <summary>What is known.</summary>
    public CopyRecord Record { get; private set; }

    /// <summary>The number of a copy: the same for the same image, destination and name.</summary>
    public static string IdOf(string source, string compartment, string region, string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\n{compartment}\n{region}\n{name}")))[..16];

    /// <summary>Opens the journal of a copy in a folder, or begins it.</summary>
    /// <exception cref="DriftException">Another process copies the same; or the file is damaged.</exception>
    public static CopyJournal Open(string folder, string id)
    {
        var path = System.IO.Path.Combine(folder, id + ".json");
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(folder, Mode | UnixFileMode.UserExecute);
            held = new FileStream(path + ".lock", new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Mode });
            var record = !File.Exists(path) ? new CopyRecord()
                : new FileInfo(path).Length > LargestFile ? throw new JsonException("it is too large")
                : JsonSerializer.Deserialize(File.ReadAllBytes(path), CopyJson.Default.CopyRecord) ?? throw new JsonException("it is empty");
            return new CopyJournal(path, held, record);
        }
        catch (JsonException e)
        {
            held?.Dispose();
            throw new DriftException(ErrorCode.InvalidSetting, $"{path}, the journal of this copy, is damaged: {e.Message}", "Remove it, and with it what it names in the bucket: an object, a link or an upload whose name has " + id, e);
        }
        catch (IOException e) when (held is null && Directory.Exists(folder))
        {
            throw new DriftException(ErrorCode.AlreadyRunning, $"Another process copies the same image: it holds {path}.lock.", "Wait until it ends.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"The journal of the copy cannot be kept in {folder}: {e.Message}", "Name another folder with --journal.", e);
        }
    }

    /// <summary>Notes something, before what it is about is begun or as soon as it is known.</summary>
    public async Task NoteAsync(Func<CopyRecord, CopyRecord> change, CancellationToken cancellationToken)
    {
        var record = change(Record);
        await AtomicFile.WriteAsync(Path, JsonSerializer.SerializeToUtf8Bytes(record, CopyJson.Default.CopyRecord), cancellationToken, Mode).ConfigureAwait(false);
        Record = record;
    }

    /// <summary>Forgets all: nothing is left to be gone on with or cleaned up.</summary>
    public void End()
    {
        File.Delete(Path);
        Record = new CopyRecord();
    }

    public void Dispose()
    {
        if (!File.Exists(Path)) File.Delete(Path + ".lock");
        _lock.Dispose();
    }
}
