// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift registry serve</c> and <c>gc</c>, as processes.</summary>
public sealed class RegistryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Storage => _folder.Combine("registry");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_quota_and_read_only_are_kept_to()
    {
        await using (var registry = await ServeAsync("--quota", "100KiB"))
        {
            Assert.Equal(HttpStatusCode.Created, (await PostAsync(registry, new byte[60_000])).Status);
            var (status, message) = await PostAsync(registry, new byte[60_001]);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Contains("the registry's quota is 102,400 bytes: 60,000 are in use, and 60,001 more do not fit", message, StringComparison.Ordinal);
        }
        await using (var registry = await ServeAsync("--read-only")) Assert.Equal(HttpStatusCode.MethodNotAllowed, (await PostAsync(registry, new byte[1])).Status);
    }

    [Fact]
    public async Task Gc_frees_what_no_manifest_needs_while_the_registry_serves()
    {
        await using var registry = await ServeAsync();
        await PostAsync(registry, new byte[5000]);
        var young = await DriftTool.JsonAsync(["registry", "gc", "--storage", Storage], Cancelled);
        Assert.Equal(1, young.GetProperty("tooYoung").GetInt32());
        Assert.Equal(5000, (await DriftTool.JsonAsync(["registry", "gc", "--storage", Storage, "--grace", "0s", "--dry-run"], Cancelled)).GetProperty("size").GetInt64());
        var run = (await DriftTool.RunAsync(["registry", "gc", "--storage", Storage, "--grace", "0s"], Cancelled)).EnsureSuccess();
        Assert.EndsWith("freed 5,000 B in 1 blobs\n", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Storage, "content"), "*", SearchOption.AllDirectories));
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(registry, new byte[5000])).Status);
    }

    [Fact]
    public async Task Collects_by_itself_when_asked_to()
    {
        await using var registry = await ServeAsync("--gc-interval", "1s", "--gc-grace", "0s");
        await PostAsync(registry, new byte[5000]);
        for (var attempt = 0; Directory.GetFiles(Path.Combine(Storage, "content"), "*", SearchOption.AllDirectories).Length > 0; attempt++)
        {
            Assert.InRange(attempt, 0, 1000);
            await Task.Delay(20, Cancelled);
        }
    }

    [Fact]
    public async Task Mirrors_another_registry()
    {
        await using var upstream = await ServeAsync();
        await DriftTool.JsonAsync(["build", ProjectRoot.Combine("site"), "-o", $"{upstream.Address}/site:v1"], Cancelled);
        await using var mirror = await DriftTool.StartAsync(["registry", "serve", "--port", "0", "--storage", _folder.Combine("mirror"), "--upstream", upstream.Address], Cancelled);
        await DriftTool.JsonAsync(["pull", $"{mirror.Address}/site:v1", $"oci:{_folder.Combine("first")}"], Cancelled);
        await upstream.StopAsync("TERM", Cancelled);
        await DriftTool.JsonAsync(["pull", $"{mirror.Address}/site:v1", $"oci:{_folder.Combine("second")}"], Cancelled);
        (await DriftTool.RunAsync(["diff", $"oci:{_folder.Combine("first")}", $"oci:{_folder.Combine("second")}"], Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task SIGTERM_lets_a_push_end_and_takes_no_more()
    {
        var registry = await ServeAsync("--drain", "20s");
        var content = RandomNumberGenerator.GetBytes(200_000);
        var port = int.Parse(registry.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, Cancelled);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/a/blobs/uploads/?digest=sha256:{Convert.ToHexStringLower(SHA256.HashData(content))} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n"), Cancelled);
        await stream.WriteAsync(content.AsMemory(0, 100_000), Cancelled);
        while (Directory.GetFiles(Path.Combine(Storage, "uploads"), "*", SearchOption.AllDirectories).Length < 2) await Task.Delay(10, Cancelled);

        var stopped = registry.StopAsync("TERM", Cancelled);
        await UntilRefusedAsync(port);
        Assert.False(stopped.IsCompleted);
        await stream.WriteAsync(content.AsMemory(100_000), Cancelled);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 201", await reader.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
        Assert.Empty(Directory.GetFiles(Path.Combine(Storage, "uploads"), "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("serve --quota 10XB", 2, "'10XB' is not a size")]
    [InlineData("serve --gc-interval soon", 2, "'soon' is not a time")]
    [InlineData("serve --upstream ftp://x", 2, "'ftp://x' is not a registry")]
    [InlineData("serve --upstream https://x/v2", 2, "is not a registry")]
    [InlineData("gc --storage /nowhere/at/all", 3, "There is no registry in /nowhere/at/all")]
    public async Task What_is_written_wrong_is_told(string arguments, int exitCode, string message)
    {
        var run = await DriftTool.RunAsync(["registry", .. arguments.Split(' ')], Cancelled);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static async Task UntilRefusedAsync(int port)
    {
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync("127.0.0.1", port, Cancelled);
            }
            catch (SocketException)
            {
                return;
            }
            await Task.Delay(10, Cancelled);
        }
    }

    private Task<DriftProcess> ServeAsync(params string[] options) => DriftTool.StartAsync(["registry", "serve", "--port", "0", "--storage", Storage, .. options], Cancelled);

    private static async Task<(HttpStatusCode Status, string Message)> PostAsync(DriftProcess registry, byte[] blob)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync($"http://{registry.Address}/v2/a/blobs/uploads/?digest=sha256:{Convert.ToHexStringLower(SHA256.HashData(blob))}", new ByteArrayContent(blob), Cancelled);
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        return (response.StatusCode, body == "" ? "" : JsonElement.Parse(body).GetProperty("errors")[0].GetProperty("message").GetString()!);
    }
}
