// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>How often something took how long. It may be added to from several threads.</summary>
internal sealed class Histogram
{
    /// <summary>The upper bounds of the buckets, in seconds; a last one has no bound.</summary>
    public static readonly double[] Bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _ticks;

    /// <summary>The sum of all, in seconds.</summary>
    public double Sum => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan duration)
    {
        var bucket = Array.FindIndex(Bounds, bound => duration.TotalSeconds <= bound);
        Interlocked.Increment(ref _counts[bucket < 0 ? Bounds.Length : bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    /// <summary>How many took at most as long as each of the bounds, and at the end how many there are.</summary>
    public long[] Accumulate()
    {
        var sums = new long[_counts.Length];
        var sum = 0L;
        for (var i = 0; i < sums.Length; i++) sums[i] = sum += Interlocked.Read(ref _counts[i]);
        return sums;
    }
}
