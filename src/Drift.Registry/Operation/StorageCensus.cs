// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>
/// How much is stored. Looking at every file takes a while where there are many, so it is done when somebody asks, at most once a minute, and
/// whoever asks meanwhile gets the numbers of before.
/// </summary>
internal sealed class StorageCensus(ContentStore content, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private Task<(long Bytes, long Blobs)>? _running;
    private (long Bytes, long Blobs)? _counted;
    private long _time;

    /// <summary>The bytes of all blobs and manifests, and how many these are.</summary>
    public async Task<(long Bytes, long Blobs)> CountAsync(CancellationToken cancellationToken)
    {
        Task<(long Bytes, long Blobs)> running;
        lock (_lock)
        {
            if (_running is { IsCompletedSuccessfully: true }) (_counted, _time, _running) = (_running.Result, timeProvider.GetTimestamp(), null);
            if (_counted is { } counted && timeProvider.GetElapsedTime(_time) < Interval) return counted;
            if (_running is null or { IsCompleted: true }) _running = Task.Run(Count, CancellationToken.None);
            if (_counted is { } before) return before;
            running = _running;
        }
        return await running.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private (long Bytes, long Blobs) Count()
    {
        var (bytes, blobs) = (0L, 0L);
        foreach (var (_, _, size) in content.List())
        {
            bytes += size;
            blobs++;
        }
        return (bytes, blobs);
    }
}
