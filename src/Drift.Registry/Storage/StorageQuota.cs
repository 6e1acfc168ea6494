// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>How many bytes the stored content and the running uploads may take together. Bytes are taken before they are written.</summary>
internal sealed class StorageQuota
{
    // Another process may have freed some, such as a collection of garbage; looking is too slow for every request.
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Func<long> _count;
    private readonly long _limit;
    private long _stored;
    private long _inUploads;
    private long _counted;

    /// <param name="limit">The largest sum, in bytes; null for none.</param>
    /// <param name="count">Adds up the stored content.</param>
    public StorageQuota(long? limit, Func<long> count)
    {
        _limit = limit ?? long.MaxValue;
        _count = count;
        if (limit is not null) Count();
    }

    /// <summary>Takes room for an upload's next bytes.</summary>
    /// <exception cref="RefusedRequestException">There is not enough left.</exception>
    public void Take(long bytes)
    {
        if (_limit == long.MaxValue) return;
        lock (_lock)
        {
            if (!Fits(bytes) && TimeProvider.System.GetElapsedTime(_counted) > CountInterval) Count();
            if (!Fits(bytes)) throw new RefusedRequestException(DistributionError.QuotaExceeded(_limit, _stored + _inUploads, bytes));
            _inUploads += bytes;
        }
    }

    /// <summary>Checks that there is room for so many bytes, without taking it.</summary>
    /// <exception cref="RefusedRequestException">There is not.</exception>
    public void Check(long bytes)
    {
        Take(bytes);
        GiveBack(bytes);
    }

    /// <summary>Gives back what an upload took and did not store.</summary>
    public void GiveBack(long bytes)
    {
        if (_limit == long.MaxValue) return;
        lock (_lock) _inUploads -= bytes;
    }

    /// <summary>Tells that what an upload took is stored now.</summary>
    public void Store(long bytes)
    {
        if (_limit == long.MaxValue) return;
        lock (_lock)
        {
            _inUploads -= bytes;
            _stored += bytes;
        }
    }

    /// <summary>Tells that stored content was deleted.</summary>
    public void Free(long bytes)
    {
        if (_limit == long.MaxValue) return;
        lock (_lock) _stored -= bytes;
    }

    private bool Fits(long bytes) => bytes <= _limit - _stored - _inUploads;

    private void Count()
    {
        _stored = _count();
        _counted = TimeProvider.System.GetTimestamp();
    }
}
