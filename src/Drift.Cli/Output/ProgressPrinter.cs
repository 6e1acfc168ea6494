// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.Distribution;

namespace Drift.Cli;

/// <summary>
/// Shows how far blobs have come: one bar each with bytes, rate and time left, which are gone when all is done; or one line of JSON for each
/// step. It writes to standard error, so that results can be piped.
/// </summary>
internal sealed class ProgressPrinter(TextWriter output, ProgressMode mode) : IProgress<BlobProgress>, IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan RedrawAfter = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, (BlobProgress Blob, long Started)> _moving = [];
    private long _drawn;
    private int _lines;

    public void Report(BlobProgress value)
    {
        if (mode == ProgressMode.None) return;
        lock (_lock)
        {
            if (mode == ProgressMode.Json)
            {
                var line = new ProgressLine("blob", value.Number, value.Blob?.Digest.ToString(), value.Bytes, value.Blob?.Size, value.State.ToString().ToLowerInvariant());
                output.WriteLine(JsonSerializer.Serialize(line, OutputJsonContext.Default.ProgressLine));
                return;
            }
            var now = TimeProvider.System.GetTimestamp();
            if (value.State != BlobState.Moving) _moving.Remove(value.Number);
            else _moving[value.Number] = (value, _moving.TryGetValue(value.Number, out var known) ? known.Started : now);
            if (TimeProvider.System.GetElapsedTime(_drawn, now) >= RedrawAfter) Draw(now);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _moving.Clear();
            Draw(TimeProvider.System.GetTimestamp());
        }
    }

    private void Draw(long now)
    {
        if (_moving.Count == 0 && _lines == 0) return;
        _drawn = now;
        var text = new StringBuilder();
        // Up to the first bar, and away with all of them.
        if (_lines > 0) text.Append(CultureInfo.InvariantCulture, $"\x1b[{_lines}A");
        text.Append("\r\x1b[J");
        foreach (var (blob, started) in _moving.Values) text.AppendLine(Line(blob, TimeProvider.System.GetElapsedTime(started, now)));
        _lines = _moving.Count;
        output.Write(text.ToString());
    }

    private static string Line(BlobProgress progress, TimeSpan elapsed)
    {
        var name = progress.Blob?.Digest.Hex[..12] ?? "new layer   ";
        var rate = elapsed.TotalSeconds > 0.2 ? progress.Bytes / elapsed.TotalSeconds : 0;
        if (progress.Blob is not { Size: > 0 and var size }) return string.Create(CultureInfo.InvariantCulture, $"{name}  {Megabytes(progress.Bytes)}  {Megabytes((long)rate)}/s");
        var filled = (int)Math.Min(BarWidth, progress.Bytes * BarWidth / size);
        var left = rate > 0 ? TimeSpan.FromSeconds(Math.Min((size - progress.Bytes) / rate, 359_999)).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture) : "--:--:--";
        return string.Create(CultureInfo.InvariantCulture, $"{name}  [{new string('#', filled)}{new string('.', BarWidth - filled)}]  {Megabytes(progress.Bytes)}/{Megabytes(size)}  {Megabytes((long)rate)}/s  {left}");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
