// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>Whether requests should be sent here. The disk is written to once a second at most, however many ask.</summary>
internal sealed class StorageHealth(RegistryStorage storage, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private string? _problem;
    private long? _checked;
    private volatile bool _isDraining;

    /// <summary>Tells from now on that the server stops.</summary>
    public void Drain() => _isDraining = true;

    /// <summary>What is wrong, in a few words; null for nothing.</summary>
    public string? Check()
    {
        if (_isDraining) return "draining";
        if (!storage.IsWritten) return null;
        lock (_lock)
        {
            if (_checked is { } then && timeProvider.GetElapsedTime(then) < Interval) return _problem;
            _problem = storage.CanWrite() ? null : "the storage cannot be written";
            _checked = timeProvider.GetTimestamp();
            return _problem;
        }
    }
}
