// SPDX-License-Identifier: Apache-2.0
// A client that costs little itself: HTTP over plain sockets that stay open. bench/registry runs it.
//   ADDRESS manifests SECONDS   16 connections read a tag: requests a second
//   ADDRESS pull SECONDS        4 connections read a blob of 200 MB: MB a second
//   ADDRESS push SECONDS        4 connections push blobs of 50 MB: MB a second
//   ADDRESS images SECONDS      8 connections push images of a config and a layer of 100 kB: images a second
#:property PublishAot=false
#:property GenerateDocumentationFile=true
#:property NoWarn=$(NoWarn);CA1303;CA2007;CA1852;MA0004;MA0047;MA0048;CA5394;MA0011;CA1305;RS0030;CS1591
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

var port = int.Parse(args[0].Split(':')[1], CultureInfo.InvariantCulture);
var time = TimeSpan.FromSeconds(double.Parse(args[2], CultureInfo.InvariantCulture));
var large = new byte[200_000_000];
new Random(1).NextBytes(large);

switch (args[1])
{
    case "manifests":
        using (var setup = new Connection(port)) PushImage(setup, "bench/read", "v1", 1);
        Measure(16, 1, connection => connection.Send("GET /v2/bench/read/manifests/v1", [], "Accept: application/vnd.oci.image.manifest.v1+json").Expect(200));
        break;
    case "pull":
        using (var setup = new Connection(port)) Push(setup, "bench/pull", large, DigestOf(large));
        var path = $"GET /v2/bench/pull/blobs/{DigestOf(large)}";
        Measure(4, large.Length / 1e6, connection => connection.Send(path, []).Expect(200));
        break;
    case "push":
        // Hashed before it is measured; every blob is another one.
        var blobs = Enumerable.Range(0, 4).Select(i => large.AsSpan(i * 50_000_000, 50_000_000).ToArray()).ToArray();
        Measure(4, 50, connection => Push(connection, "bench/push", connection.Blob, connection.Digest), (connection, i) =>
        {
            connection.Blob = blobs[i];
            RandomNumberGenerator.Fill(connection.Blob.AsSpan(0, 16));
            connection.Digest = DigestOf(connection.Blob);
        });
        break;
    case "images":
        var counter = Random.Shared.Next();
        Measure(8, 1, connection => PushImage(connection, "bench/images", "v1", Interlocked.Increment(ref counter)));
        break;
}

// Runs the operation on each connection until the time is over. Preparations of an operation are not counted.
void Measure(int connections, double unit, Action<Connection> operation, Action<Connection, int>? prepare = null)
{
    var total = 0L;
    var busy = 0L;
    var threads = Enumerable.Range(0, connections).Select(i => new Thread(() =>
    {
        using var connection = new Connection(port);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time;)
        {
            prepare?.Invoke(connection, i);
            var start = Stopwatch.GetTimestamp();
            operation(connection);
            Interlocked.Add(ref busy, Stopwatch.GetElapsedTime(start).Ticks);
            Interlocked.Increment(ref total);
        }
    })).ToArray();
    foreach (var thread in threads) thread.Start();
    foreach (var thread in threads) thread.Join();
    Console.WriteLine((total * unit * connections / TimeSpan.FromTicks(busy).TotalSeconds).ToString("F1", CultureInfo.InvariantCulture));
}

static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

static void Push(Connection connection, string name, byte[] blob, string digest)
{
    var location = connection.Send($"POST /v2/{name}/blobs/uploads/", []).Expect(202).Location;
    connection.Send($"PUT {location}{(location.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={digest}", blob).Expect(201);
}

static void PushImage(Connection connection, string name, string tag, int seed)
{
    var layer = new byte[100_000];
    new Random(seed).NextBytes(layer);
    var config = Encoding.UTF8.GetBytes($$$"""{"seed":{{{seed}}},"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""");
    Push(connection, name, config, DigestOf(config));
    Push(connection, name, layer, DigestOf(layer));
    var manifest = Encoding.UTF8.GetBytes($$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{DigestOf(config)}}","size":{{config.Length}}},
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{DigestOf(layer)}}","size":{{layer.Length}}}]}
        """);
    connection.Send($"PUT /v2/{name}/manifests/{tag}", manifest, "Content-Type: application/vnd.oci.image.manifest.v1+json").Expect(201);
}

internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _status;

    public Connection(int port) => _socket.Connect("127.0.0.1", port);

    public byte[] Blob { get; set; } = [];

    public string Digest { get; set; } = "";

    public string Location { get; private set; } = "";

    // Sends a request and reads its whole answer; the body is thrown away.
    public Connection Send(string line, byte[] body, string header = "X: y")
    {
        _socket.Send(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nContent-Length: {body.Length}\r\n\r\n"));
        for (var sent = 0; sent < body.Length;) sent += _socket.Send(body.AsSpan(sent));
        var filled = 0;
        int end;
        while ((end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0) filled += Receive(filled);
        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        _status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var location = ValueOf(head, "\r\nLocation: ");
        Location = location.StartsWith("http", StringComparison.Ordinal) ? new Uri(location).PathAndQuery : location;
        var rest = (long.TryParse(ValueOf(head, "\r\nContent-Length: "), CultureInfo.InvariantCulture, out var length) ? length : 0) - (filled - end - 4);
        while (rest > 0) rest -= Receive(0);
        return this;
    }

    public Connection Expect(int status) => _status == status ? this : throw new InvalidOperationException($"{_status} instead of {status}");

    public void Dispose() => _socket.Dispose();

    private int Receive(int offset)
    {
        var count = _socket.Receive(_buffer.AsSpan(offset));
        return count > 0 ? count : throw new InvalidOperationException("the connection was closed");
    }

    private static string ValueOf(string head, string name)
    {
        var start = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return "";
        start += name.Length;
        var end = head.IndexOf('\r', start);
        return end < 0 ? head[start..] : head[start..end];
    }
}
