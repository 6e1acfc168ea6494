// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.Distribution;
using Drift.Machines;

namespace Drift.Cli;

/// <summary>
/// Shows how far blobs and disks have come: one bar each with bytes, rate and time left, which are gone when all is done; or one line of JSON for each
/// step. It writes to standard error, so that results can be piped.
/// </summary>
internal sealed class ProgressPrinter(TextWriter output, ProgressMode mode) : IProgress<BlobProgress>, IProgress<DiskProgress>, IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan RedrawAfter = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, (string Name, long Bytes, long? Size, long Started)> _moving = [];
    private long _drawn;
    private int _lines;

    public void Report(BlobProgress value)
    {
        if (mode == ProgressMode.None) return;
        lock (_lock)
        {
            var line = new ProgressLine("blob", value.Number, value.Blob?.Digest.ToString(), value.Bytes, value.Blob?.Size, value.State.ToString().ToLowerInvariant());
            Report(line, value.Blob?.Digest.Hex[..12] ?? "new layer   ", value.State == BlobState.Moving);
        }
    }

    /// <summary>Tells how far a disk image has come.</summary>
    public void Report(DiskProgress value)
    {
        if (mode == ProgressMode.None) return;
        var isMoving = value.Bytes < value.Size;
        lock (_lock) Report(new ProgressLine("disk", 0, null, value.Bytes, value.Size, isMoving ? "moving" : "done"), "disk", isMoving);
    }

    private void Report(ProgressLine line, string name, bool isMoving)
    {
        if (mode == ProgressMode.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(line, OutputJsonContext.Default.ProgressLine));
            return;
        }
        var now = TimeProvider.System.GetTimestamp();
        if (!isMoving) _moving.Remove(line.Blob);
        else _moving[line.Blob] = (name, line.Bytes, line.Size, _moving.TryGetValue(line.Blob, out var known) ? known.Started : now);
        if (TimeProvider.System.GetElapsedTime(_drawn, now) >= RedrawAfter) Draw(now);
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
        foreach (var (name, bytes, size, started) in _moving.Values) text.AppendLine(Line(name, bytes, size, TimeProvider.System.GetElapsedTime(started, now)));
        _lines = _moving.Count;
        output.Write(text.ToString());
    }

    private static string Line(string name, long bytes, long? size, TimeSpan elapsed)
    {
        var rate = elapsed.TotalSeconds > 0.2 ? bytes / elapsed.TotalSeconds : 0;
        if (size is not > 0) return string.Create(CultureInfo.InvariantCulture, $"{name}  {Megabytes(bytes)}  {Megabytes((long)rate)}/s");
        var filled = (int)Math.Min(BarWidth, bytes * BarWidth / size.Value);
        var left = rate > 0 ? TimeSpan.FromSeconds(Math.Min((size.Value - bytes) / rate, 359_999)).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture) : "--:--:--";
        return string.Create(CultureInfo.InvariantCulture, $"{name}  [{new string('#', filled)}{new string('.', BarWidth - filled)}]  {Megabytes(bytes)}/{Megabytes(size.Value)}  {Megabytes((long)rate)}/s  {left}");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
