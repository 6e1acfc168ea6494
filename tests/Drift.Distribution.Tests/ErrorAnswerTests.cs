// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>What the user is told when a registry answers with an error, or not at all.</summary>
public sealed class ErrorAnswerTests : DistributionTest
{
    [Theory(Timeout = Limit)]
    [InlineData(400, ErrorCode.RegistryError, false)]
    [InlineData(401, ErrorCode.AccessDenied, false)]
    [InlineData(403, ErrorCode.AccessDenied, false)]
    [InlineData(404, ErrorCode.NotFound, false)]
    [InlineData(408, ErrorCode.RegistryError, true)]
    [InlineData(418, ErrorCode.RegistryError, false)]
    [InlineData(429, ErrorCode.RegistryError, true)]
    [InlineData(500, ErrorCode.RegistryError, true)]
    [InlineData(503, ErrorCode.RegistryError, true)]
    public async Task A_status_has_its_meaning(int status, ErrorCode code, bool isTransient)
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(status, """{"errors":[{"code":"SOME_CODE","message":"some words","detail":{"a":[1]}}]}"""));
        var error = (RegistryException)await FailsAsync(code, () => registry.Repository.ResolveAsync("v1", Cancelled));
        Assert.Equal((isTransient, (HttpStatusCode)status, "/v2/app/manifests/v1"), (error.IsTransient, error.Status, error.Uri.AbsolutePath));
        AssertContains("SOME_CODE some words", error.Message);
        AssertContains(registry.Host, error.Message);
        Assert.Equal([new RegistryError("SOME_CODE", "some words")], error.Errors);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ghcr.io", 403, true, "write:packages")]
    [InlineData("ghcr.io", 401, true, "classic personal access token")]
    [InlineData("docker.io", 401, false, "does not exist")]
    [InlineData("docker.io", 401, true, "does not exist")]
    [InlineData("1234.dkr.ecr.eu-west-1.amazonaws.com", 404, true, "aws ecr create-repository")]
    [InlineData("1234.dkr.ecr.eu-west-1.amazonaws.com", 403, true, "ecr:PutImage")]
    [InlineData("fra.ocir.io", 401, true, "NAMESPACE/USER")]
    [InlineData("europe-docker.pkg.dev", 403, true, "artifactregistry.writer")]
    [InlineData("registry.example.com", 403, true, "Ask those who run the registry")]
    [InlineData("registry.example.com", 401, false, "Log in with drift login")]
    public async Task A_refusal_tells_what_to_do_with_a_registry_of_this_kind(string host, int status, bool hasCredential, string hint)
    {
        await using var registry = new ScriptedRegistry()
            .On("GET", ScriptedReply.Error(401) with { Headers = ["WWW-Authenticate: Basic realm=\"x\""] })
            .Always("GET", ScriptedReply.Error(status));
        using var client = new RegistryClient(new RegistryClientOptions { Profile = RegistryProfile.Of(host), Credentials = hasCredential ? new OneCredential() : null });
        var error = await FailsAsync(status == 404 ? ErrorCode.NotFound : ErrorCode.AccessDenied, () => client.Open(ImageReference.Parse($"{registry.Host}/app")).ResolveAsync("v1", Cancelled));
        AssertContains(hint, error.Hint);
        if (hasCredential && status != 404) AssertContains("ada", error.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("<html><h1>502 Bad Gateway</h1></html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"errors":null}""")]
    [InlineData("""{"errors":[]}""")]
    [InlineData("""{"errors":[null]}""")]
    [InlineData("""{"errors":{}}""")]
    [InlineData("""{"errors":[{"code":7,"message":[]}]}""")]
    [InlineData("""{"errors":[{"code":"A","message":"\ud800"}]}""")]
    public async Task A_body_that_says_nothing_is_no_obstacle(string body)
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(502, body, "text/html"));
        AssertContains("answers 502 to GET /v2/app/manifests/v1", (await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_body_without_end_is_not_read()
    {
        await using var registry = new ScriptedRegistry()
            .On("GET", ScriptedReply.Error(400, new string('x', 10_000_000)))
            .On("GET", ScriptedReply.Error(400, new string('x', 100_000)) with { Length = long.MaxValue, StaysOpen = true });
        await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled));
        await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_cannot_speak_to_the_terminal()
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(500, $$"""{"errors":[{"code":"A\u001b[2J","message":"\r\n\u0007\u009b31m{{new string('x', 5000)}}"}]}"""));
        var error = await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled));
        Assert.InRange(error.Message.Length, 100, 1000);
    }

    [Fact(Timeout = Limit)]
    public async Task Nobody_listens()
    {
        var host = $"127.0.0.1:{TestKit.FreePort.Find()}";
        var error = await FailsAsync(ErrorCode.RegistryUnreachable, () => CopyAsync($"{host}/app:v1", $"oci:{Folder.Combine("x")}"));
        Assert.Equal($"Nothing listens at {host}.", error.Message);
        AssertContains("drift registry serve", error.Hint);
        Assert.False(error.IsTransient);
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact(Timeout = Limit)]
    public async Task The_host_does_not_exist() =>
        AssertContains("registry.invalid", (await FailsAsync(ErrorCode.RegistryUnreachable, () => CopyAsync("registry.invalid/app:v1", $"oci:{Folder.Combine("x")}"))).Message);

    [Fact(Timeout = Limit)]
    public async Task What_listens_speaks_no_HTTP()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var host = listener.LocalEndpoint.ToString();
        var serving = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync(Cancelled);
            await socket.SendAsync("220 mail.example ESMTP\r\n"u8.ToArray(), Cancelled);
        }, Cancelled);
        AssertContains(host!, (await FailsAsync(ErrorCode.RegistryUnreachable, () => CopyAsync($"{host}/app:v1", $"oci:{Folder.Combine("x")}"))).Message);
        await serving;
    }
}
