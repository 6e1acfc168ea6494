// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Registry;

/// <summary>
/// Checks passwords. A few are computed at once, so that checking takes no more than a part of the machine; whoever was let in is remembered
/// for a while, and the requests of one push ask once.
/// </summary>
internal sealed class PasswordCheck(ChangingFile<IReadOnlyDictionary<string, BcryptHash>> users, TimeProvider timeProvider)
{
    private const int MaximumRemembered = 10_000;
    private const int MaximumWaiting = 64;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    // The cost of this tool's own hashes, where the file has none to compare with.
    private const int UsualCost = 10;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly TaskFactory _processors = new(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Max(1, Environment.ProcessorCount / 2)).ConcurrentScheduler);
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _known = new(StringComparer.Ordinal);
    private readonly FailedLogIns _failures = new(timeProvider);
    private int _waiting;

    /// <summary>Whether the name and the password are those of a user.</summary>
    /// <param name="credential">The name and the password.</param>
    /// <param name="address">Who asks: the one that waits when too many fail.</param>
    /// <exception cref="RefusedRequestException">Too many failed, or too many are being checked.</exception>
    public async Task<bool> IsKnownAsync(BasicCredential credential, IPAddress address)
    {
        var all = users.Value;
        all.TryGetValue(credential.User, out var hash);
        var key = KeyOf(credential, hash);
        if (IsRemembered(key)) return true;
        if (_failures.WaitOf(address) is { Ticks: > 0 } wait) throw Busy("too many log-ins from this address failed", wait);
        // Nobody learns from the time whether there is such a user.
        var check = _running.GetOrAdd(key, _ => new(() => ComputeAsync(credential.Password, hash ?? BcryptHash.Unknown(all.Values.Select(known => known.Cost).DefaultIfEmpty(UsualCost).Max()))));
        try
        {
            if (!await check.Value.ConfigureAwait(false) || hash is null)
            {
                _failures.Add(address);
                return false;
            }
            Remember(key);
            return true;
        }
        finally
        {
            _running.TryRemove(KeyValuePair.Create(key, check));
        }
    }

    private async Task<bool> ComputeAsync(string password, BcryptHash hash)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaximumWaiting) throw Busy("too many log-ins are being checked", TimeSpan.FromSeconds(1));
            return await _processors.StartNew(() => hash.Matches(password)).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static RefusedRequestException Busy(string detail, TimeSpan wait) => new(DistributionError.TooManyRequests, detail) { RetryAfter = wait };

    private bool IsRemembered(string key)
    {
        if (!_known.TryGetValue(key, out var since)) return false;
        if (timeProvider.GetElapsedTime(since) < Remembered) return true;
        _known.TryRemove(key, out _);
        return false;
    }

    private void Remember(string key)
    {
        if (_known.Count >= MaximumRemembered) _known.Clear();
        _known[key] = timeProvider.GetTimestamp();
    }

    // The password itself is not kept, and its hash is a part of the key: who changes the one forgets the other.
    private string KeyOf(BasicCredential credential, BcryptHash? hash) =>
        Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{credential.User}\0{hash}\0{credential.Password}")));
}
