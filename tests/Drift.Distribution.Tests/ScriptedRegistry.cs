// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>
/// A registry on a raw socket that answers from a table, so that it can break any rule. Each rule serves one request; the first that
/// fits the request's line is taken, and a request that none fits is answered with 599. A connection carries one request.
/// </summary>
internal sealed class ScriptedRegistry : IAsyncDisposable
{
    private readonly SocketServer _server;
    private readonly X509Certificate2? _certificate;
    private readonly List<(string Request, ScriptedReply Reply)> _rules = [];
    private readonly List<(string Request, ScriptedReply Reply)> _always = [];
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly ConcurrentQueue<(string Request, string Credential)> _credentials = [];
    private readonly ConcurrentQueue<string> _forms = [];
    private readonly ConcurrentQueue<List<string>> _headers = [];

    /// <param name="address">Where it listens; null for this machine alone.</param>
    /// <param name="certificate">For HTTPS; null for HTTP.</param>
    public ScriptedRegistry(IPAddress? address = null, X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _server = new SocketServer(ServeAsync, address);
    }

    public string Host => _server.Host;

    /// <summary>The lines of all requests so far, as in <c>GET /v2/</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The requests that came with an <c>Authorization</c>, and what it was.</summary>
    public IReadOnlyList<(string Request, string Credential)> Credentials => [.. _credentials];

    /// <summary>The bodies of form requests.</summary>
    public IReadOnlyList<string> Forms => [.. _forms];

    /// <summary>A header of one of the requests so far, as it was sent; null when it was not.</summary>
    public string? Header(int request, string name) =>
        Header(_headers.ElementAt(request), name);

    public Repository Repository => Impatient.Open(ImageReference.Parse($"{Host}/app"));

    /// <summary>A client that repeats at once, and whose patience is short.</summary>
    public static RegistryClient Impatient { get; } = new(new RegistryClientOptions { FirstPause = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromSeconds(2) });

    /// <summary>Answers one request whose line begins so, as in <c>GET /v2/app/blobs/</c>.</summary>
    public ScriptedRegistry On(string request, ScriptedReply reply)
    {
        lock (_rules) _rules.Add((request, reply));
        return this;
    }

    /// <summary>Answers every request whose line begins so and that no other rule takes.</summary>
    public ScriptedRegistry Always(string request, ScriptedReply reply)
    {
        lock (_rules) _always.Add((request, reply));
        return this;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = await OpenAsync(socket);
        await using var input = new BufferedStream(stream, 64 * 1024);
        try
        {
            var line = await ReadLineAsync(input);
            if (line.Length == 0) return;
            var request = line[..line.LastIndexOf(' ')];
            var headers = new List<string>();
            while (await ReadLineAsync(input) is { Length: > 0 } header) headers.Add(header);
            if (Header(headers, "Authorization") is { } credential) _credentials.Enqueue((request, credential));
            if (Header(headers, "Content-Type") == "application/x-www-form-urlencoded")
            {
                var form = new byte[int.Parse(Header(headers, "Content-Length")!, CultureInfo.InvariantCulture)];
                await input.ReadExactlyAsync(form, _server.Stopped);
                _forms.Enqueue(Encoding.ASCII.GetString(form));
                headers.RemoveAll(header => header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            }
            _requests.Enqueue(request);
            _headers.Enqueue(headers);
            var reply = Take(request);
            if (reply.ClosesAfter == 0) return;
            if (!reply.IsEarly && !await ReadBodyAsync(input, headers, reply.ClosesAfter)) return;
            await SendAsync(stream, reply, hasBody: !request.StartsWith("HEAD", StringComparison.Ordinal));
            if (reply.StaysOpen) await Task.Delay(Timeout.Infinite, _server.Stopped);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException)
        {
            // The client went away, or the test has ended.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (_certificate is null) return stream;
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(_certificate);
        return secure;
    }

    private static string? Header(List<string> headers, string name) =>
        headers.Find(header => header.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    private ScriptedReply Take(string request)
    {
        lock (_rules)
        {
            var index = _rules.FindIndex(rule => request.StartsWith(rule.Request, StringComparison.Ordinal));
            if (index < 0) return _always.Find(rule => request.StartsWith(rule.Request, StringComparison.Ordinal)).Reply ?? new ScriptedReply { Status = 599 };
            var reply = _rules[index].Reply;
            _rules.RemoveAt(index);
            return reply;
        }
    }

    private async Task SendAsync(Stream stream, ScriptedReply reply, bool hasBody)
    {
        string[] head =
        [
            $"HTTP/1.1 {reply.Status.ToString(CultureInfo.InvariantCulture)} Scripted", .. reply.Headers,
            $"Content-Length: {(reply.Length ?? reply.Body.Length).ToString(CultureInfo.InvariantCulture)}", "Connection: close", "", "",
        ];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", head)), _server.Stopped);
        if (hasBody) await stream.WriteAsync(reply.Body, _server.Stopped);
    }

    /// <summary>Reads a request's body; false when the connection is to be closed in the middle of it.</summary>
    private async Task<bool> ReadBodyAsync(Stream input, List<string> headers, int? limit)
    {
        var isChunked = headers.Exists(header => header.Equals("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase));
        var length = headers.Find(header => header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        long total = 0;
        while (true)
        {
            var size = isChunked ? long.Parse(await ReadLineAsync(input), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : length is null ? 0 : long.Parse(length[15..], CultureInfo.InvariantCulture);
            var buffer = new byte[16 * 1024];
            for (var left = size; left > 0;)
            {
                var read = await input.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), _server.Stopped);
                if (read == 0) throw new EndOfStreamException();
                left -= read;
                total += read;
                if (total >= limit) return false;
            }
            if (isChunked) await ReadLineAsync(input);
            if (!isChunked || size == 0) return true;
        }
    }

    private async Task<string> ReadLineAsync(Stream input)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await input.ReadAsync(one, _server.Stopped) == 1 && one[0] != '\n') line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }
}
