// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>--insecure</c>, <c>--ca-file</c> and <c>--client-certificate</c>, at this machine by its own name: HTTP is spoken to localhost without being asked.</summary>
public sealed class ConnectionOptionTests : IDisposable
{
    private const string Builder = "CN=a builder";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task HTTP_is_spoken_where_it_is_asked_for()
    {
        await using var registry = await DriftTool.StartAsync(["registry", "serve", "--port", "0", "--listen", "0.0.0.0", "--open", "--storage", _folder.Combine("storage")], Cancelled);
        var host = $"{await OwnNameAsync()}:{registry.Address.Split(':')[^1]}";
        Assert.Equal(6, (await DriftTool.RunAsync(["build", "-o", host + "/site:1"], Cancelled)).ExitCode);
        (await DriftTool.RunAsync(["build", "-o", host + "/site:1", "--insecure", host], Cancelled)).EnsureSuccess();
        (await DriftTool.RunAsync(["validate", host + "/site:1", "--insecure", host], Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task A_registry_knows_its_client_by_a_certificate()
    {
        using var certificate = new TestCertificate(_folder);
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var names = ServeAsync(listener, certificate, connections: 2);
        string[] tags = ["tags", $"{await OwnNameAsync()}:{((IPEndPoint)listener.LocalEndpoint).Port}/app", "--ca-file", certificate.AuthorityFile];
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = new CertificateRequest(Builder, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var file = _folder.Write("own.pem", $"{own.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        Assert.Equal("v1\n", (await DriftTool.RunAsync([.. tags, "--client-certificate", file], Cancelled)).EnsureSuccess().Output);
        Assert.Equal("v1\n", (await DriftTool.RunAsync(tags, Cancelled)).EnsureSuccess().Output);
        Assert.Equal([Builder, null], await names);
    }

    /// <summary>Answers one request of each connection with a list of tags, and returns who the clients said they were.</summary>
    private static async Task<IReadOnlyList<string?>> ServeAsync(TcpListener listener, TestCertificate certificate, int connections)
    {
        var names = new List<string?>();
        using var own = X509Certificate2.CreateFromPemFile(certificate.CertificateFile, certificate.KeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate.CertificateFile);
        while (names.Count < connections)
        {
            using var socket = await listener.AcceptSocketAsync(Cancelled);
            await using var stream = new SslStream(new NetworkStream(socket));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = static (_, client, _, _) => client is null or { Subject: Builder },
            }, Cancelled);
            names.Add(stream.RemoteCertificate?.Subject);
            _ = await stream.ReadAsync(new byte[16 * 1024], Cancelled);
            const string Body = """{"name":"app","tags":["v1"]}""";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"), Cancelled);
        }
        return names;
    }

    private static async Task<string> OwnNameAsync()
    {
        var name = Dns.GetHostName();
        Need.That((await Dns.GetHostAddressesAsync(name, AddressFamily.InterNetwork, Cancelled)).Length > 0, "this machine does not know its own name");
        return name;
    }
}
