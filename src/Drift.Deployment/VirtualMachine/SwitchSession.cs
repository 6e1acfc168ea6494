// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// A running <see cref="SwitchScript"/>: requests go in, answers come out. One that was opened with the lock holds it for as long as it lives, so whoever has lost
/// the connection can neither switch nor write.
/// </summary>
internal sealed class SwitchSession : IAsyncDisposable
{
    private const int MaximumAnswer = 1024 * 1024;
    private readonly SshConnection _connection;
    private readonly ProcessStream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly StringBuilder _unread = new();

    private SwitchSession(SshConnection connection, ProcessStream stream)
    {
        _connection = connection;
        _stream = stream;
    }

    /// <summary>Starts one that only reads.</summary>
    public static Task<SwitchSession> OpenAsync(SshConnection connection, string app, CancellationToken cancellationToken) =>
        StartAsync(connection, app, ["read"], null, cancellationToken);

    /// <summary>Starts one that has the lock.</summary>
    /// <param name="connection">The machine.</param>
    /// <param name="app">What is deployed.</param>
    /// <param name="who">One line of JSON: what someone else who comes is told.</param>
    /// <param name="wait">How long to wait for the lock.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="DriftException">Someone else has it, or this user may not.</exception>
    public static Task<SwitchSession> LockAsync(SshConnection connection, string app, string who, TimeSpan wait, CancellationToken cancellationToken) =>
        StartAsync(connection, app, ["lock", ((int)Math.Min(9999, Math.Ceiling(wait.TotalSeconds))).ToString(CultureInfo.InvariantCulture)], who, cancellationToken);

    /// <summary>Sends a request and returns the lines of its answer.</summary>
    /// <exception cref="DriftException">The machine refuses, or the connection is lost.</exception>
    public async Task<IReadOnlyList<string>> SendAsync(string request, CancellationToken cancellationToken)
    {
        await WriteAsync(request, cancellationToken).ConfigureAwait(false);
        var lines = new List<string>();
        var length = 0;
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line == "ok") return lines;
            if (line.StartsWith("error ", StringComparison.Ordinal))
            {
                throw new DriftException(ErrorCode.HostNotReady, $"{_connection.Host} could not {request.Split(' ')[0]}: {line[6..].Trim()}", "Check the free space, and what nft says there; the version that answered before still does.");
            }
            if ((length += line.Length) > MaximumAnswer) throw Broken("it goes on without an end");
            lines.Add(line.Length > 0 ? line[1..] : line);
        }
    }

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync().ConfigureAwait(false);

    private static async Task<SwitchSession> StartAsync(SshConnection connection, string app, string[] mode, string? who, CancellationToken cancellationToken)
    {
        var session = new SwitchSession(connection, connection.Start(SwitchScript.CommandFor([app, .. mode])));
        try
        {
            if (who is not null) await session.WriteAsync(who, cancellationToken).ConfigureAwait(false);
            await session.GreetAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var greeting = $"drift-switch {SwitchScript.Version} ";
        // A login shell may speak first.
        for (var lines = 0; lines < 1000; lines++)
        {
            var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line == greeting + "ok") return;
            if (line.StartsWith(greeting + "busy", StringComparison.Ordinal))
            {
                throw new DriftException(ErrorCode.AlreadyRunning, $"Another deployment runs on {_connection.Host}: {line[(greeting.Length + 4)..].Trim()}", "Wait until it has ended, for example with --wait 5m.") { IsTransient = true };
            }
            if (line.StartsWith(greeting + "error ", StringComparison.Ordinal))
            {
                throw new DriftException(ErrorCode.HostNotReady, $"{_connection.Host}: {line[(greeting.Length + 6)..]}.", "Check the free space and the rights there.");
            }
            if (line.StartsWith("drift-switch ", StringComparison.Ordinal))
            {
                throw new DriftException(ErrorCode.HostNotReady, $"{SwitchScript.InstalledPath} of {_connection.Host} is of another version.", "Install the present one there, which drift deploy script prints.");
            }
        }
        throw Broken("it is not the script");
    }

    private async Task WriteAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended, and reading its answer says why.
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var text = _unread.ToString();
            if (text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end)
            {
                _unread.Remove(0, end + 1);
                return text[..end].TrimEnd('\r');
            }
            if (text.Length > MaximumAnswer) throw Broken("a line has no end");
            int read;
            try
            {
                read = await _stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                read = 0;
            }
            if (read == 0) throw Ended(await _stream.EndAsync().ConfigureAwait(false));
            _unread.Append(Encoding.UTF8.GetString(_buffer, 0, read));
        }
    }

    private DriftException Ended(string said)
    {
        if (said.Contains("sudo:", StringComparison.Ordinal))
        {
            return new DriftException(ErrorCode.HostNotReady, $"Root is needed on {_connection.Host}, and sudo refuses: {said.Trim().Split('\n')[^1]}", $"Let the user run {SwitchScript.InstalledPath} by sudo without a password, or log in as root.");
        }
        return new DriftException(ErrorCode.HostUnreachable, $"The connection to {_connection.Host} was lost{(said.Trim() is { Length: > 0 } last ? $": {last.Split('\n')[^1]}" : "")}.", "Run the same command again: it goes on from what it finds.") { IsTransient = true };
    }

    private DriftException Broken(string why) => new(ErrorCode.HostNotReady, $"{_connection.Host} answers what it should not: {why}.", "Let its login shell print nothing when no terminal is there.");
}
