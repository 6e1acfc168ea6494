// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace Drift.Cli;

/// <summary>
/// Tells when the files of a folder have changed and are quiet again. What has changed is known by looking at all of them; the system's
/// notifications only say when to look. So it does not matter which of them are lost, in a burst, on a file system that has none, or with a
/// folder that was deleted and made again: then it is seen a little later.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestUnrest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    // Looking takes at most this part of a processor's time.
    private const int PauseFactor = 20;

    private readonly string _directory;
    private readonly SemaphoreSlim _told = new(0);
    private FileSystemWatcher? _notifications;
    private TimeSpan _pause = ShortestPause;
    private string _state;

    /// <summary>Watches a folder, beginning with how it is now.</summary>
    public FolderWatch(string directory)
    {
        _directory = Path.GetFullPath(directory);
        Subscribe();
        _state = Look();
    }

    /// <summary>Completes when files are other than at the start, or when this completed last, and have been left alone for a while.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var wasTold = await _told.WaitAsync(_pause, cancellationToken).ConfigureAwait(false);
            if (wasTold) await SettleAsync(cancellationToken).ConfigureAwait(false);
            var state = Look();
            if (state == _state) continue;
            // The notifications have lost the folder, or were never there.
            if (!wasTold) Subscribe();
            for (var unrest = Stopwatch.StartNew(); unrest.Elapsed < LongestUnrest;)
            {
                var before = state;
                await SettleAsync(cancellationToken).ConfigureAwait(false);
                state = Look();
                if (state == before) break;
            }
            _state = state;
            return;
        }
    }

    public void Dispose()
    {
        _notifications?.Dispose();
        _told.Dispose();
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Quiet, cancellationToken).ConfigureAwait(false);
        while (await _told.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            // One look is for all of them.
        }
    }

    private string Look()
    {
        var start = Stopwatch.GetTimestamp();
        var state = FolderState.Read(_directory);
        var pause = Stopwatch.GetElapsedTime(start) * PauseFactor;
        _pause = pause > ShortestPause ? pause : ShortestPause;
        return state;
    }

    private void Subscribe()
    {
        _notifications?.Dispose();
        _notifications = null;
        try
        {
            var notifications = new FileSystemWatcher(_directory) { IncludeSubdirectories = true };
            _notifications = notifications;
            notifications.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes;
            notifications.Changed += (_, _) => Tell();
            notifications.Created += (_, _) => Tell();
            notifications.Deleted += (_, _) => Tell();
            notifications.Renamed += (_, _) => Tell();
            notifications.Error += (_, _) => Tell();
            notifications.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // There is no such folder now, or the machine has no room for more notifications.
            _notifications?.Dispose();
            _notifications = null;
        }
    }

    private void Tell()
    {
        try
        {
            if (_told.CurrentCount == 0) _told.Release();
        }
        catch (ObjectDisposedException)
        {
            // A last notification, while the watch ends.
        }
    }
}
