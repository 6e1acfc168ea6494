// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;

namespace Drift.Registry;

/// <summary>How often log-ins from an address failed lately. After too many, its further ones have to wait.</summary>
internal sealed class FailedLogIns(TimeProvider timeProvider)
{
    /// <summary>How long an address that failed too often waits.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int Limit = 10;
    private const int MaximumAddresses = 10_000;
    private readonly ConcurrentDictionary<IPAddress, (int Count, long Since)> _failures = new();

    /// <summary>How long an address has to wait; zero when it need not.</summary>
    public TimeSpan WaitOf(IPAddress address) => _failures.TryGetValue(address, out var failures) && failures.Count >= Limit && timeProvider.GetElapsedTime(failures.Since) is var elapsed && elapsed < Window
        ? Window - elapsed
        : TimeSpan.Zero;

    /// <summary>Notes a failure.</summary>
    public void Add(IPAddress address)
    {
        if (_failures.Count >= MaximumAddresses)
        {
            foreach (var (old, (_, since)) in _failures)
            {
                if (timeProvider.GetElapsedTime(since) >= Window) _failures.TryRemove(old, out _);
            }
            // What so many addresses may compute at once is bounded all the same.
            if (_failures.Count >= MaximumAddresses) _failures.Clear();
        }
        var now = timeProvider.GetTimestamp();
        _failures.AddOrUpdate(address, (1, now), (_, failures) => timeProvider.GetElapsedTime(failures.Since, now) < Window ? (failures.Count + 1, failures.Since) : (1, now));
    }
}
