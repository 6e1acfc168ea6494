// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.TestKit;

namespace Drift.Interop.Tests;

public sealed class BothArchitecturesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AArch64_under_qemu_answers_with_the_bytes_of_x86_64()
    {
        Need.Program("qemu-aarch64-static");
        // The project's own page names its platform and sizes; this one is the same for both.
        _folder.Write("site/index.html", "<!doctype html><title>Same</title><p>" + new string('x', 5000));
        _folder.Write("site/docs/index.html", "<p>docs");
        _folder.Write("site/style.css", "p{color:red}");
        var layout = "oci:" + _folder.Combine("layout");
        await DriftTool.JsonAsync(["build", _folder.Combine("site"), "-o", layout], Cancelled);

        var answers = new List<string[]>();
        foreach (var platform in new[] { "linux/amd64", "linux/arm64" })
        {
            var report = await AnswersAsync(layout, platform);
            Assert.StartsWith("HTTP/1.1 200 OK", report[0], StringComparison.Ordinal);
            answers.Add(report);
        }
        Assert.Equal(answers[0], answers[1]);
        Assert.Contains("404 Not Found", answers[0][5], StringComparison.Ordinal);
    }

    private static async Task<string[]> AnswersAsync(string layout, string platform)
    {
        string[] requests =
        [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "GET /docs HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n", "GET /absent HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
            "GET / HTTP/1.0\r\n\r\n", "nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n",
        ];
        var port = FreePort.Find();
        await using var run = DriftTool.Start(["run", layout, "--platform", platform, "--runtime", "namespaces", "--port", $"{port}"]);
        await WaitAsync(port, run);
        var answers = new List<string>();
        foreach (var request in requests) answers.Add(WithoutDate(await RawHttp.ExchangeAsync(port, request, Cancelled)));
        return [.. answers];
    }

    private static async Task WaitAsync(int port, DriftProcess run)
    {
        using var client = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            Assert.False(run.HasExited);
            try
            {
                await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"), Cancelled);
                return;
            }
            catch (HttpRequestException) when (attempt < 400)
            {
                await Task.Delay(50, Cancelled);
            }
        }
    }

    // They are asked one after the other, seconds apart.
    private static string WithoutDate(byte[] answer) =>
        string.Join("\r\n", Encoding.Latin1.GetString(answer).Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));
}
