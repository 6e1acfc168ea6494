// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>The registry with a certificate.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly TestCertificate _certificate;
    private readonly X509Certificate2 _authority;
    private RegistryServer? _server;
    private string? _seen;

    public TlsTests()
    {
        _certificate = new TestCertificate(_folder);
        _authority = X509CertificateLoader.LoadCertificateFromFile(_certificate.AuthorityFile);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _authority.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "1.1")]
    [InlineData(SslProtocols.Tls12, "2.0")]
    [InlineData(SslProtocols.Tls13, "2.0")]
    public async Task Answers_to_whoever_trusts_the_root_alone(SslProtocols protocol, string version)
    {
        using var client = Client(protocol);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, Cancelled);
        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (response.StatusCode, response.Version));
        Assert.Equal("https", _server!.Address.Scheme);
    }

    [Fact]
    public async Task A_blob_goes_up_and_comes_down_by_HTTP_2()
    {
        using var client = Client(SslProtocols.Tls13);
        client.DefaultRequestVersion = HttpVersion.Version20;
        var content = new byte[20_000_000];
        new Random(1).NextBytes(content);
        using var push = await client.PostAsync($"/v2/a/blobs/uploads/?digest={Digest.Of(content)}", new ByteArrayContent(content), Cancelled);
        Assert.Equal((HttpStatusCode.Created, HttpVersion.Version20), (push.StatusCode, push.Version));
        Assert.Equal(content, await client.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of(content)}", Cancelled));
    }

    [Fact]
    public async Task Neither_TLS_1_1_nor_HTTP_is_spoken()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _server!.Port, Cancelled);
        await using var tls = new SslStream(socket.GetStream());
#pragma warning disable SYSLIB0039, CA5397, CA5398 // It is to be refused.
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls11 }, Cancelled));
#pragma warning restore
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://127.0.0.1:{_server.Port}/v2/", Cancelled));
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_and_connections_stay()
    {
        using var old = Client(SslProtocols.Tls13);
        await old.GetStringAsync("/v2/", Cancelled);
        var first = _seen;
        var now = TimeProvider.System.GetUtcNow();
        var serial = _certificate.Issue(now.AddDays(-1), now.AddDays(60));
        await UntilServedAsync(serial);
        Assert.NotEqual(first, serial);
        _seen = null;
        await old.GetStringAsync("/v2/", Cancelled);
        Assert.Null(_seen); // There was no new handshake.

        _certificate.Issue(now.AddDays(-9), now.AddDays(-1));
        for (var end = TimeProvider.System.GetUtcNow().AddSeconds(2); TimeProvider.System.GetUtcNow() < end; await Task.Delay(200, Cancelled))
        {
            using var another = Client(SslProtocols.Tls13);
            await another.GetStringAsync("/v2/", Cancelled);
            Assert.Equal(serial, _seen);
        }
    }

    // As Kubernetes mounts a secret: the files are links through a link to a folder, and only that one is replaced.
    [Fact]
    public async Task A_certificate_behind_links_is_renewed()
    {
        Move("first");
        var now = TimeProvider.System.GetUtcNow();
        var serial = _certificate.Issue(now.AddDays(-1), now.AddDays(60));
        Move("second");
        Directory.CreateSymbolicLink(_folder.Combine("current"), "first");
        foreach (var file in new[] { _certificate.CertificateFile, _certificate.KeyFile }) File.CreateSymbolicLink(file, Path.Combine("current", Path.GetFileName(file)));
        await _server!.DisposeAsync();
        _server = await StartAsync();
        Directory.Delete(_folder.Combine("current"));
        Directory.CreateSymbolicLink(_folder.Combine("current"), "second");
        await UntilServedAsync(serial);

        void Move(string folder)
        {
            Directory.CreateDirectory(_folder.Combine(folder));
            foreach (var file in new[] { _certificate.CertificateFile, _certificate.KeyFile }) File.Move(file, _folder.Combine(folder, Path.GetFileName(file)));
        }
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named()
    {
        var now = TimeProvider.System.GetUtcNow();
        var key = await File.ReadAllTextAsync(_certificate.KeyFile, Cancelled);
        _certificate.Issue(now.AddDays(-9), now.AddDays(-1));
        Assert.Contains("fullchain.pem expired at ", await ErrorAsync(), StringComparison.Ordinal);
        _certificate.Issue(now.AddDays(1), now.AddDays(9));
        Assert.Contains("fullchain.pem is valid from ", await ErrorAsync(), StringComparison.Ordinal);
        _certificate.Issue(now.AddDays(-1), now.AddDays(9));
        _folder.Write("privkey.pem", key);
        Assert.Contains("fullchain.pem does not belong to the key in ", await ErrorAsync(), StringComparison.Ordinal);
        _folder.Write("privkey.pem", "nothing");
        Assert.Contains("is not PEM", await ErrorAsync(), StringComparison.Ordinal);
        File.Delete(_certificate.KeyFile);
        Assert.Contains("cannot be read", await ErrorAsync(), StringComparison.Ordinal);
    }

    private async Task UntilServedAsync(string serial)
    {
        for (var attempt = 0; _seen != serial; attempt++)
        {
            Assert.InRange(attempt, 0, 200);
            using var another = Client(SslProtocols.Tls13);
            await another.GetStringAsync("/v2/", Cancelled);
            await Task.Delay(50, Cancelled);
        }
    }

    private async Task<string> ErrorAsync()
    {
        var error = await Assert.ThrowsAsync<DriftException>(StartAsync);
        Assert.Equal(ErrorCode.InvalidSetting, error.Code);
        return error.Message;
    }

    private Task<RegistryServer> StartAsync() => RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = _folder.Combine("registry"), Certificate = new TlsCertificate(_certificate.CertificateFile, _certificate.KeyFile) }, Cancelled);

    private HttpClient Client(SslProtocols protocol) => new(new SocketsHttpHandler
    {
        SslOptions =
        {
            EnabledSslProtocols = protocol,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                _seen = (certificate as X509Certificate2)?.SerialNumber;
                return errors == SslPolicyErrors.None;
            },
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _authority }, RevocationMode = X509RevocationMode.NoCheck },
        },
    })
    { BaseAddress = _server!.Address };
}
