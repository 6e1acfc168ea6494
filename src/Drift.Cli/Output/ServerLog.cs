// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Drift.Registry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drift.Cli;

/// <summary>
/// Writes what a server does to standard error, many lines at once. Nobody waits for it: when whoever reads it is slower than what happens, lines
/// are left out, and how many is told.
/// </summary>
internal sealed class ServerLog : ILoggerFactory, ILogger, IAsyncDisposable
{
    private const int MaximumWaiting = 10_000;
    private const int BatchSize = 32 * 1024;
    private readonly LogFormat _format;
    private readonly TextWriter _output;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaximumWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly Task _writing;
    private long _leftOut;

    public ServerLog(LogFormat format, TextWriter output)
    {
        _format = format;
        _output = output;
        _writing = WriteAsync();
    }

    /// <summary>Adds a request; one of a log without requests is none.</summary>
    public void Add(RegistryRequest request) => Add(_format == LogFormat.Json ? Json(request) : Text(request));

    /// <summary>Adds what the server itself tells; Kestrel's own words are about clients that misbehave, and those are many.</summary>
    public ILogger CreateLogger(string categoryName) => categoryName == "Drift.Registry" ? this : NullLogger.Instance;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (_format == LogFormat.Problems ? LogLevel.Warning : LogLevel.Information);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var (time, level, message) = (TimeProvider.System.GetUtcNow(), logLevel.ToString().ToLowerInvariant(), formatter(state, exception));
        Add(_format == LogFormat.Json
            ? Json(time, writer =>
            {
                writer.WriteString("level", level);
                writer.WriteString("message", message);
                if (exception is not null) writer.WriteString("exception", exception.ToString());
            })
            : Printable($"{(_format == LogFormat.Text ? Time(time) + " " : "")}{level}: {message}{(exception is null ? "" : $": {exception.Message}")}"));
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <summary>Does nothing: what waits is written by <see cref="DisposeAsync"/>.</summary>
    public void Dispose()
    {
    }

    /// <summary>Writes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _leftOut);
    }

    private async Task WriteAsync()
    {
        var batch = new StringBuilder();
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Length < BatchSize && _lines.Reader.TryRead(out var line)) batch.Append(line).Append('\n');
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count) batch.Append(LeftOut(count)).Append('\n');
            await _output.WriteAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    private string LeftOut(long count)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"{count} lines were left out");
        return _format == LogFormat.Json ? Json(TimeProvider.System.GetUtcNow(), writer => writer.WriteString("message", message)) : $"warning: {message}";
    }

    private static string Text(RegistryRequest request) => Printable(string.Create(CultureInfo.InvariantCulture,
        $"{Time(request.Time)} {request.Client} {request.User ?? "-"} {request.Method} {request.Path} {request.Status} in={request.Received} out={request.Sent} {request.Duration.TotalSeconds:0.000}s {request.UserAgent}"));

    private static string Json(RegistryRequest request) => Json(request.Time, writer =>
    {
        writer.WriteString("id", request.Id);
        writer.WriteString("client", request.Client?.ToString());
        if (request.User is not null) writer.WriteString("user", request.User);
        writer.WriteString("method", request.Method);
        writer.WriteString("path", request.Path);
        writer.WriteNumber("status", request.Status);
        writer.WriteNumber("received", request.Received);
        writer.WriteNumber("sent", request.Sent);
        writer.WriteNumber("seconds", Math.Round(request.Duration.TotalSeconds, 6));
        writer.WriteString("userAgent", request.UserAgent);
    });

    // Utf8JsonWriter escapes what is no printable ASCII, so no client can write into somebody's terminal or make a line of its own.
    private static string Json(DateTimeOffset time, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", Time(time));
            members(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Printable(string line) => string.Concat(line.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c));
}
