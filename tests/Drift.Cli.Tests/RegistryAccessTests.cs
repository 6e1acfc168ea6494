// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift registry passwd</c>, and what <c>serve</c> takes of who may do what.</summary>
public sealed class RegistryAccessTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Users => _folder.Combine("users");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Users_come_and_go_while_the_registry_serves()
    {
        Assert.Equal("added", await PasswdAsync("alice", "first\n"));
        await using var registry = await DriftTool.StartAsync(["registry", "serve", "--port", "0", "--storage", _folder.Combine("registry"), "--htpasswd", Users], Cancelled);
        Assert.Equal(HttpStatusCode.OK, await PingAsync(registry, "alice", "first"));
        Assert.Equal("changed", await PasswdAsync("alice", "second"));
        Assert.Equal("added", await PasswdAsync("bob", "third"));
        for (var attempt = 0; await PingAsync(registry, "alice", "second") != HttpStatusCode.OK; attempt++)
        {
            Assert.InRange(attempt, 0, 8); // Fewer than what makes an address wait.
            await Task.Delay(1000, Cancelled);
        }
        Assert.Equal(HttpStatusCode.OK, await PingAsync(registry, "bob", "third"));
        (await DriftTool.RunAsync(["registry", "passwd", Users, "bob", "--delete"], Cancelled)).EnsureSuccess();
        Assert.DoesNotContain("bob", await File.ReadAllTextAsync(Users, Cancelled), StringComparison.Ordinal);
        Assert.Equal(5, (await DriftTool.RunAsync(["registry", "passwd", Users, "bob", "--delete"], Cancelled)).ExitCode);
    }

    [Theory]
    [InlineData("--listen 0.0.0.0", 3, "Everyone who reaches 0.0.0.0 could push and delete.")]
    [InlineData("--listen ::", 3, "Everyone who reaches :: could push and delete.")]
    [InlineData("--listen 1", 2, "'1' is not an address")]
    [InlineData("--listen localhost", 2, "'localhost' is not an address")]
    [InlineData("--listen 192.0.2.1 --open", 3, "192.0.2.1 is no address of this machine.")]
    [InlineData("--anonymous-read", 3, "there are none")]
    [InlineData("--rules rules", 3, "there are none")]
    [InlineData("--htpasswd users --open", 3, "--open and --htpasswd exclude each other")]
    [InlineData("--htpasswd users --anonymous-read --rules rules", 3, "--anonymous-read and --rules exclude each other")]
    [InlineData("--htpasswd missing", 3, "There is no missing.")]
    [InlineData("--tls-key key", 3, "--tls-certificate and --tls-key go together")]
    [InlineData("--tls-certificate missing --tls-key missing", 3, "The certificate in missing or its key in missing cannot be read")]
    public async Task What_would_let_more_in_than_was_said_is_an_error(string options, int exitCode, string message)
    {
        _folder.Write("users", "");
        var run = await DriftTool.RunAsync(["registry", "serve", "--port", "0", "--storage", "registry", .. options.Split(' ')], Cancelled, workingDirectory: _folder.Path);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Matches("\nhint: [A-Z].*\\.\n$", run.Error);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData("- {repositories: a, users: [b], allow: [pul]}", ":1:41: 'pul' is not an action.", "Did you mean pull?")]
    [InlineData("- {repositories: a, users: [b]}", ":1:3: A rule has repositories, users and allow.", "Write all three")]
    [InlineData("- repositories: A\n  users: [b]\n  allow: []", ":1:17: 'A' is not a pattern of repositories.", "Write team/app")]
    [InlineData("- repositories: a\n  user: [b]", ":2:3: 'user' is not a key here.", "Did you mean users?")]
    [InlineData("repositories: a", ":1:1: This should be a list; it is a map.", "one line with a dash for each")]
    [InlineData("- {repositories: a, users: b, allow: [pull]}", ":1:28: This should be a list; it is a text.", "Write [ONE, TWO]")]
    public async Task A_mistake_in_the_rules_is_told_with_its_line_and_column(string rules, string message, string hint)
    {
        _folder.Write("users", "");
        _folder.Write("rules", rules);
        var run = await DriftTool.RunAsync(["registry", "serve", "--port", "0", "--storage", "registry", "--htpasswd", "users", "--rules", "rules"], Cancelled, workingDirectory: _folder.Path);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("rules" + message, run.Error, StringComparison.Ordinal);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_address_is_listened_on_when_it_is_said_so()
    {
        var address = Array.Find(await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork, Cancelled), address => !IPAddress.IsLoopback(address))
            ?? NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address).FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one));
        Need.That(address is not null, "this machine has no address but 127.0.0.1");
        var guarded = DriftTool.Start(["registry", "serve", "--port", "0", "--listen", address!.ToString(), "--htpasswd", _folder.Write("users", ""), "--storage", _folder.Combine("registry")]);
        while (!Directory.Exists(_folder.Combine("registry", "uploads"))) await Task.Delay(20, Cancelled);
        await guarded.StopAsync("TERM", Cancelled);
        Assert.Contains($"warning: passwords and images travel to {address} without encryption", await guarded.Error, StringComparison.Ordinal);
        await using var open = await DriftTool.StartAsync(["registry", "serve", "--port", "0", "--listen", address.ToString(), "--open", "--storage", _folder.Combine("registry")], Cancelled);
        Assert.StartsWith($"{address}:", open.Address, StringComparison.Ordinal);
        using var client = new HttpClient();
        Assert.Equal("{}", await client.GetStringAsync($"http://{open.Address}/v2/", Cancelled));
    }

    [Fact]
    public async Task IPv6_is_listened_on()
    {
        Need.That(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var registry = await DriftTool.StartAsync(["registry", "serve", "--port", "0", "--listen", "::1", "--storage", _folder.Combine("registry")], Cancelled);
        using var client = new HttpClient();
        Assert.Equal("{}", await client.GetStringAsync($"http://[::1]:{registry.Address.Split(':')[1]}/v2/", Cancelled));
    }

    private async Task<string> PasswdAsync(string user, string password) =>
        System.Text.Json.JsonElement.Parse((await DriftTool.RunAsync(["registry", "passwd", Users, user, "--json"], Cancelled, input: password)).EnsureSuccess().Output).GetProperty("change").GetString()!;

    private static async Task<HttpStatusCode> PingAsync(DriftProcess registry, string user, string password)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        using var response = await client.GetAsync($"http://{registry.Address}/v2/", Cancelled);
        return response.StatusCode;
    }
}
