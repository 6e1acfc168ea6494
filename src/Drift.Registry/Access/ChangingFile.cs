// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Extensions.Logging;

namespace Drift.Registry;

/// <summary>
/// What is read from files that may be replaced while the registry serves. They are looked at once a second at most, when somebody asks. What
/// cannot be used is told in the log, and what was read before stays.
/// </summary>
internal sealed partial class ChangingFile<T>
    where T : class
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly string[] _paths;
    private readonly Func<T> _read;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private T _value;
    private string _version;
    private long _looked;

    /// <summary>Reads for the first time.</summary>
    /// <exception cref="DriftException">The files cannot be used.</exception>
    public ChangingFile(string[] paths, Func<T> read, RegistryOptions options)
    {
        _paths = paths;
        _read = read;
        _timeProvider = options.TimeProvider;
        _logger = options.LoggerFactory.CreateLogger("Drift.Registry");
        _version = Version();
        _value = read();
        _looked = _timeProvider.GetTimestamp();
    }

    /// <summary>What the files say.</summary>
    public T Value
    {
        get
        {
            if (_timeProvider.GetElapsedTime(Volatile.Read(ref _looked)) < Interval || !_lock.TryEnter()) return Volatile.Read(ref _value);
            try
            {
                Volatile.Write(ref _looked, _timeProvider.GetTimestamp());
                Look();
                return _value;
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    private void Look()
    {
        var version = Version();
        if (version == _version) return;
        _version = version;
        try
        {
            Volatile.Write(ref _value, _read());
            LogRead(_paths[0]);
        }
        catch (DriftException e)
        {
            LogFailure(e.Message);
        }
    }

    // Whoever replaces a file gives it another time, or another size. certbot and Kubernetes replace what links lead to.
    private string Version() => string.Join('|', _paths.Select(static path =>
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null) file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return file.Exists ? $"{file.FullName} {file.LastWriteTimeUtc.Ticks} {file.Length}" : "";
    }));

    [LoggerMessage(LogLevel.Information, "Read {Path} again")]
    private partial void LogRead(string path);

    [LoggerMessage(LogLevel.Error, "A changed file cannot be used, and what it said before stays: {Reason}")]
    private partial void LogFailure(string reason);
}
