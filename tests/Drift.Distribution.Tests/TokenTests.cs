// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Challenges and token servers, as the specifications have them and as registries do.</summary>
public sealed class TokenTests : DistributionTest
{
    private const string Secret = "pass word+/=é";
    private static readonly byte[] Content = RandomBytes(1000);
    private static readonly Descriptor Blob = Descriptor.Of(MediaTypes.OciLayer, Content);
    private static readonly RegistryCredential Me = new() { Username = "me+robot", Password = Secret, Origin = "a test" };
    private static readonly RegistryCredential Identity = new() { IdentityToken = "identity/1", Origin = "a test" };

    private static string MyBasic => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me+robot:" + Secret));

    [Fact(Timeout = Limit)]
    public async Task Nobody_gets_a_token_too()
    {
        await using var server = new ScriptedRegistry().On("GET /token", Token("T1"));
        await using var registry = new ScriptedRegistry().On("GET", Challenge(server, "repository:app:pull")).On("GET", Found);
        Assert.Equal(Content, await ReadAsync(Open(registry, null), Blob));
        Assert.Equal(["GET /token?service=registry.test&scope=repository%3Aapp%3Apull"], server.Requests);
        Assert.Empty(server.Credentials);
        Assert.Equal([(registry.Requests[1], "Bearer T1")], registry.Credentials);
    }

    [Fact(Timeout = Limit)]
    public async Task A_name_and_a_password_go_to_the_token_server_alone()
    {
        await using var server = new ScriptedRegistry().On("GET /token", Token("T1"));
        await using var registry = new ScriptedRegistry().On("GET", Challenge(server)).On("GET", Found);
        await ReadAsync(Open(registry, Me), Blob);
        Assert.Equal([("GET /token?service=registry.test&scope=repository%3Aapp%3Apull&account=me%2Brobot", MyBasic)], server.Credentials);
        Assert.Equal([(registry.Requests[1], "Bearer T1")], registry.Credentials);
    }

    [Fact(Timeout = Limit)]
    public async Task An_identity_token_is_posted()
    {
        await using var server = new ScriptedRegistry().On("POST /token", Token("T1"));
        await using var registry = new ScriptedRegistry().On("GET", Challenge(server)).On("GET", Found);
        await ReadAsync(Open(registry, Identity), Blob);
        var form = Assert.Single(server.Forms).Split('&').Order(StringComparer.Ordinal);
        Assert.Equal(["client_id=drift", "grant_type=refresh_token", "refresh_token=identity%2F1", "scope=repository%3Aapp%3Apull", "service=registry.test"], form);
        Assert.Empty(server.Credentials);
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_of_the_registry_itself_is_sent_as_it_is()
    {
        await using var server = new ScriptedRegistry();
        await using var registry = new ScriptedRegistry().On("GET", Challenge(server)).On("GET", Found).On("GET", Challenge(server));
        var repository = Open(registry, new RegistryCredential { RegistryToken = "T0", Origin = "a test" });
        Assert.Equal(Content, await ReadAsync(repository, Blob));
        Assert.Equal([(registry.Requests[1], "Bearer T0")], registry.Credentials);
        await FailsAsync(ErrorCode.AccessDenied, () => ReadAsync(repository, Blob));
        Assert.Empty(server.Requests);
    }

    [Theory(Timeout = Limit)]
    [InlineData(404)]
    [InlineData(405)]
    public async Task What_a_server_does_not_know_goes_the_other_way(int status)
    {
        await using var server = new ScriptedRegistry().On("POST", ScriptedReply.Error(status)).On("GET", Token("T1")).On("GET", ScriptedReply.Error(status)).On("POST", Token("T2"));
        await using var registry = new ScriptedRegistry();
        registry.On("GET", Challenge(server)).On("GET", Found).On("GET", Challenge(server)).On("GET", Found);
        await ReadAsync(Open(registry, Identity), Blob);
        Assert.Equal("Basic " + Convert.ToBase64String("<token>:identity/1"u8), server.Credentials[0].Credential);
        await ReadAsync(Open(registry, Me), Blob);
        AssertContains("grant_type=password&username=me%2Brobot&password=pass+word%2B%2F%3D%C3%A9", server.Forms[1]);
    }

    [Theory(Timeout = Limit)]
    [InlineData("""{"token":"T1"}""")]
    [InlineData("""{"access_token":"T1"}""")]
    [InlineData("""{"token":"T1","access_token":"T2","expires_in":300,"issued_at":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"token":"T1","expires_in":"300"}""")]
    [InlineData("""{"token":"T1","expires_in":0}""")]
    [InlineData("""{"token":"T1","expires_in":null}""")]
    [InlineData("""{"token":"T1","expires_in":1e300}""")]
    [InlineData("""{"token":null,"access_token":"T1"}""")]
    public async Task The_answer_is_taken_as_servers_give_it(string answer)
    {
        await using var server = new ScriptedRegistry().On("GET /token", Json(answer));
        await using var registry = new ScriptedRegistry().On("GET", Challenge(server)).On("GET", Found).On("GET", Found);
        var repository = Open(registry, null);
        await ReadAsync(repository, Blob);
        await ReadAsync(repository, Blob);
        Assert.All(registry.Credentials, sent => Assert.Equal("Bearer T1", sent.Credential));
        Assert.Single(server.Requests);
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":7}""")]
    [InlineData("""{"token":"a\r\nX-Evil: 1"}""")]
    [InlineData("""{"token":"\ud800"}""")]
    public async Task An_answer_without_a_token_is_an_error(string answer)
    {
        await using var server = new ScriptedRegistry().On("GET /token", Json(answer));
        await using var registry = new ScriptedRegistry().On("GET", Challenge(server));
        AssertContains("without a token", (await FailsAsync(ErrorCode.RegistryError, () => ReadAsync(Open(registry, null), Blob))).Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("""Bearer realm="R",service="registry.test",scope="" """)]
    [InlineData("""Bearer realm="R",service="registry.test" """)]
    [InlineData("""bearer  service="registry.test" , scope="repository:other:pull", realm="R" """)]
    [InlineData("""BEARER realm=R, service=registry.test""")]
    public async Task Scopes_are_computed_whatever_the_challenge_says(string challenge)
    {
        await using var server = new ScriptedRegistry().On("GET /token", Token("T1"));
        await using var registry = new ScriptedRegistry();
        registry.On("POST", Unauthorized(challenge.Trim().Replace("R\"", $"http://{server.Host}/token\"", StringComparison.Ordinal).Replace("=R,", $"=http://{server.Host}/token,", StringComparison.Ordinal)))
            .On("POST", ScriptedReply.Upload("/upload/1")).On("PUT", new ScriptedReply { Status = 201 });
        await UploadAsync(Open(registry, null), Content);
        Assert.Equal(["GET /token?service=registry.test&scope=repository%3Aapp%3Apull%2Cpush"], server.Requests);
        Assert.All(registry.Credentials, sent => Assert.Equal("Bearer T1", sent.Credential));
    }

    [Fact(Timeout = Limit)]
    public async Task More_is_asked_for_where_the_registry_wants_more()
    {
        await using var server = new ScriptedRegistry().On("GET /token", Token("T1")).On("GET /token", Token("T2"));
        await using var registry = new ScriptedRegistry();
        registry.On("GET", Challenge(server)).On("GET", Challenge(server, "repository:app:pull repository:base:pull", ",error=\"insufficient_scope\"")).On("GET", Found);
        await ReadAsync(Open(registry, null), Blob);
        Assert.Equal("GET /token?service=registry.test&scope=repository%3Aapp%3Apull&scope=repository%3Aapp%3Apull&scope=repository%3Abase%3Apull", server.Requests[1]);
        Assert.Equal(["Bearer T1", "Bearer T2"], registry.Credentials.Select(sent => sent.Credential));
    }

    [Fact(Timeout = Limit)]
    public async Task The_front_door_tells_how_to_ask_when_a_refusal_does_not()
    {
        await using var server = new ScriptedRegistry().On("GET /token", Token("T1"));
        await using var registry = new ScriptedRegistry();
        registry.On("GET /v2/app/", ScriptedReply.Error(401)).On("GET /v2/", Challenge(server)).On("GET /v2/app/", Found);
        Assert.Equal(Content, await ReadAsync(Open(registry, Me), Blob));
        Assert.Equal("GET /v2/", registry.Requests[1]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_that_runs_out_during_an_upload_is_renewed_before()
    {
        await using var server = new ScriptedRegistry().On("GET /token", Token("T1", 1)).On("GET /token", Token("T2"));
        await using var registry = new ScriptedRegistry();
        registry.On("POST", Challenge(server)).On("POST", ScriptedReply.Upload("/upload/1")).On("PATCH", ScriptedReply.Upload("/upload/2")).On("PUT", new ScriptedReply { Status = 201 });
        await UploadAsync(Open(registry, Me), RandomBytes(8_000_000), TimeSpan.FromSeconds(1));
        Assert.Equal(["POST Bearer T1", "PATCH Bearer T1", "PUT Bearer T2"], registry.Credentials.Select(sent => $"{sent.Request.Split(' ')[0]} {sent.Credential}"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_that_is_refused_again_and_again_is_given_up()
    {
        await using var server = new ScriptedRegistry();
        await using var registry = new ScriptedRegistry();
        for (var i = 0; i < 20; i++)
        {
            server.On("GET", Token($"T{i}"));
            registry.On("GET", Challenge(server, more: ",error=\"insufficient_scope\""));
        }
        var error = await FailsAsync(ErrorCode.AccessDenied, () => ReadAsync(Open(registry, Me), Blob));
        AssertContains("as me+robot, a test", error.Message);
        Assert.InRange(registry.Requests.Count, 2, 4);
    }

    [Fact(Timeout = Limit)]
    public async Task Basic_is_sent_once_it_is_asked_for()
    {
        await using var registry = new ScriptedRegistry().On("GET", Unauthorized("Basic realm=\"x\"")).On("GET", Found).On("GET", Found);
        var repository = Open(registry, Me);
        await ReadAsync(repository, Blob);
        await ReadAsync(repository, Blob);
        Assert.Equal([MyBasic, MyBasic], registry.Credentials.Select(sent => sent.Credential));
        Assert.Equal(3, registry.Requests.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_names_the_user_and_never_the_secret(bool isBearer)
    {
        await using var server = new ScriptedRegistry().On("GET", ScriptedReply.Error(401, """{"errors":[{"code":"UNAUTHORIZED","message":"no such user"}]}"""));
        await using var registry = new ScriptedRegistry();
        registry.On("GET", isBearer ? Challenge(server) : Unauthorized("Basic realm=\"x\"")).On("GET", Unauthorized("Basic realm=\"x\""));
        var error = await FailsAsync(ErrorCode.AccessDenied, () => ReadAsync(Open(registry, Me), Blob));
        AssertContains("as me+robot, a test", error.Message);
        if (isBearer) AssertContains("no such user", error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(MyBasic[6..], error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_server_that_is_busy_is_asked_again()
    {
        await using var server = new ScriptedRegistry().On("GET", ScriptedReply.Error(503)).On("GET", Token("T1"));
        await using var registry = new ScriptedRegistry();
        registry.On("GET", Challenge(server)).On("GET", Found);
        await ReadAsync(Open(registry, null), Blob);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Many_requests_at_once_share_one_token()
    {
        await using var server = new ScriptedRegistry().On("GET", Token("T1")).On("GET", Token("T2"));
        await using var registry = new ScriptedRegistry().On("GET /v2/", Challenge(server)).On("GET /v2/", new ScriptedReply());
        for (var i = 0; i < 20; i++) registry.On("GET /v2/app/", Found);
        using var client = Client(registry, Me);
        await client.CheckAccessAsync(registry.Host, Cancelled);
        var repository = client.Open(ImageReference.Parse($"{registry.Host}/app"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync(repository, Blob)));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData("http://169.254.169.254/latest/token")]
    [InlineData("https://169.254.169.254/latest/token")]
    [InlineData("http://[fe80::1]/token")]
    [InlineData("http://[::ffff:169.254.169.254]/latest/token")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://localhost/token")]
    public async Task A_realm_where_no_token_server_is_gets_nothing(string realm)
    {
        await using var registry = new ScriptedRegistry().On("GET", Unauthorized($"Bearer realm=\"{realm}\",service=\"x\""));
        await FailsAsync(ErrorCode.RegistryError, () => ReadAsync(Open(registry, Me), Blob));
        Assert.Single(registry.Requests);
    }

    [Fact(Timeout = Limit)]
    public async Task From_HTTPS_no_credential_goes_to_HTTP()
    {
        var address = OwnAddress();
        using var certificate = Certificate(address);
        await using var server = new ScriptedRegistry(address).On("GET", Token("T1"));
        await using var registry = new ScriptedRegistry(address, certificate).On("GET", Challenge(server));
        var error = await FailsAsync(ErrorCode.RegistryError, () => ReadAsync(Open(registry, Me, certificate), Blob));
        AssertContains("not secure", error.Message);
        Assert.Single(registry.Requests);
        Assert.Empty(server.Requests);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_other_host_sees_a_credential(bool isBearer)
    {
        await using var storage = new ScriptedRegistry().On("GET", Found).On("PUT", new ScriptedReply { Status = 201 });
        await using var server = new ScriptedRegistry().On("GET", Token("T1")).On("GET", Token("T2"));
        await using var registry = new ScriptedRegistry();
        registry.On("GET", isBearer ? Challenge(server) : Unauthorized("Basic realm=\"x\"")).On("GET", ScriptedReply.Redirect($"http://{storage.Host}/blob"))
            .On("POST", ScriptedReply.Upload($"http://{storage.Host}/upload"));
        var repository = Open(registry, Me);
        await ReadAsync(repository, Blob);
        await UploadAsync(repository, Content);
        Assert.Equal(2, storage.Requests.Count);
        Assert.Empty(storage.Credentials);
        Assert.Equal(2, registry.Credentials.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Access_is_checked_as_far_as_the_registry_asks()
    {
        await using var server = new ScriptedRegistry().On("GET", Token("T1"));
        await using var registry = new ScriptedRegistry();
        registry.On("GET /v2/", Challenge(server)).On("GET /v2/", new ScriptedReply());
        using var client = Client(registry, Me);
        Assert.True(await client.CheckAccessAsync(registry.Host, Cancelled));
        Assert.Equal([("GET /token?service=registry.test&account=me%2Brobot", MyBasic)], server.Credentials);
        await using var open = new ScriptedRegistry().On("GET /v2/", new ScriptedReply());
        Assert.False(await client.CheckAccessAsync(open.Host, Cancelled));
        await using var other = new ScriptedRegistry().On("GET /v2/", Unauthorized("Basic realm=\"x\""));
        AssertContains("without credentials", (await FailsAsync(ErrorCode.AccessDenied, () => client.CheckAccessAsync(other.Host, Cancelled))).Message);
    }

    private static ScriptedReply Found => new() { Body = Content };

    private static ScriptedReply Token(string token, int seconds = 300) => Json($$"""{"token":"{{token}}","expires_in":{{seconds}}}""");

    private static ScriptedReply Json(string body) => ScriptedReply.Error(200, body);

    private static ScriptedReply Unauthorized(string challenge) => new() { Status = 401, Headers = [$"WWW-Authenticate: {challenge}"] };

    private static ScriptedReply Challenge(ScriptedRegistry server, string? scope = null, string more = "") =>
        Unauthorized($"Bearer realm=\"http://{server.Host}/token\",service=\"registry.test\"{(scope is null ? "" : $",scope=\"{scope}\"")}{more}");

    private static Repository Open(ScriptedRegistry registry, RegistryCredential? credential, X509Certificate2? authority = null) =>
        Client(registry, credential, authority).Open(ImageReference.Parse($"{registry.Host}/app"));

    private static RegistryClient Client(ScriptedRegistry registry, RegistryCredential? credential, X509Certificate2? authority = null) => new(new RegistryClientOptions
    {
        Credentials = credential is null ? null : new HostCredential(registry.Host, credential),
        TrustedAuthorities = authority is null ? null : [authority],
        FirstPause = TimeSpan.FromMilliseconds(1),
    });

    private static async Task UploadAsync(Repository repository, byte[] content, TimeSpan pause = default)
    {
        await using var blob = await repository.CreateBlobAsync(cancellationToken: Cancelled);
        await blob.WriteAsync(content, Cancelled);
        await Task.Delay(pause, Cancelled);
        await blob.CommitAsync(Descriptor.Of(MediaTypes.OciLayer, content), Cancelled);
    }

    /// <summary>An address of this machine that others can reach, where HTTPS is spoken.</summary>
    private static IPAddress OwnAddress()
    {
        var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
            .FirstOrDefault(candidate => candidate.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(candidate));
        TestKit.Need.That(address is not null, "this machine has no network");
        return address!;
    }

    private static X509Certificate2 Certificate(IPAddress address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=registry.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
