// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>What an operator asks for: several workers, their numbers and a line for each answer.</summary>
public sealed partial class OperatorTests(ServersFixture servers)
{
    public static TheoryData<string> Architectures => Architecture.Names;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Architectures))]
    public async Task Workers_share_the_port_count_together_and_end_together(string name)
    {
        await using var server = await RunningServer.StartAsync(Architecture.Of(name), servers.Site, "DRIFT_WORKERS=3", "DRIFT_METRICS=on", "DRIFT_DRAIN_DELAY=0");
        // The kernel distributes connections by their ports: some go to each worker.
        for (var i = 0; i < 60; i++) Assert.Equal("a\n", (await AskAsync(server, "/a.txt")).Text);
        for (var i = 0; i < 5; i++) Assert.Equal(404, (await AskAsync(server, "/none")).Status);
        Assert.Equal(301, (await AskAsync(server, "/dir")).Status);
        for (var i = 0; i < 7; i++) Assert.Equal("OK", (await AskAsync(server, "/health")).Text);

        var numbers = Numbers((await AskAsync(server, "/metrics")).Text);
        Assert.Equal((60, 1, 5, 0), (numbers["drift_requests_total{status=\"2xx\"}"], numbers["drift_requests_total{status=\"3xx\"}"], numbers["drift_requests_total{status=\"4xx\"}"], numbers["drift_requests_total{status=\"5xx\"}"]));
        Assert.Equal(60 * "a\n".Length + 5 * "404 Not Found\r\n".Length, numbers["drift_body_bytes_total"]);
        Assert.InRange(numbers["drift_connections_total"], 74, 76);
        // Another worker may not have noticed yet that the one before was closed.
        while (Numbers((await AskAsync(server, "/metrics")).Text)["drift_connections"] != 1) await Task.Delay(10, TestContext.Current.CancellationToken);
        if (Architecture.Of(name) == Architecture.Native) Assert.Equal(3, Directory.GetDirectories($"/proc/{server.Process.Id}/task").Length);

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task As_many_workers_as_processors_are_automatic()
    {
        await using var server = await RunningServer.StartAsync([Need.Program("taskset"), "-c", "0", await servers.Site.PathAsync(Architecture.Native)], "DRIFT_WORKERS=auto");
        Assert.Single(Directory.GetDirectories($"/proc/{server.Process.Id}/task"));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Each_answer_is_a_line_of_JSON(string name)
    {
        using var directory = new TemporaryDirectory();
        var log = directory.Combine("log");
        await using (var server = await RunningServer.StartAsync([Need.Program("sh"), "-c", "out=$1; shift; exec \"$@\" >\"$out\"", "sh", log, .. Architecture.Of(name).Runner, await servers.Site.PathAsync(Architecture.Of(name))],
            "DRIFT_LOG=on", "DRIFT_DRAIN_DELAY=0"))
        {
            await AskAsync(server, "/a.txt?x=\"1\"");
            await AskAsync(server, "/health");
            using (var connection = await RawConnection.OpenAsync(server.Port))
            {
                await connection.SendAsync("HEAD /none HTTP/1.1\r\nHost: test\r\n\r\nNONSENSE\r\n\r\n");
                await connection.ReceiveToEndAsync();
            }
            await server.SignalAsync("TERM");
            Assert.Equal(0, await server.WaitForExitAsync());
        }
        var lines = (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["GET /a.txt?x=\"1\" 200 2", "HEAD /none 404 0", "  400 17"],
            lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.GetProperty("method").GetString()} {line.GetProperty("target").GetString()} {line.GetProperty("status").GetInt32()} {line.GetProperty("bytes").GetInt64()}")));
        foreach (var line in lines)
        {
            Assert.Equal("127.0.0.1", line.GetProperty("client").GetString());
            Assert.InRange((TimeProvider.System.GetUtcNow() - line.GetProperty("time").GetDateTimeOffset()).TotalSeconds, -2, 30);
        }
    }

    [Fact]
    public async Task Nobody_reads_numbers_that_were_not_asked_for()
    {
        using var connection = await RawConnection.OpenAsync(await servers.PortAsync(Architecture.Native));
        Assert.Equal(404, (await connection.AskAsync("/metrics")).Status);
    }

    private static async Task<Answer> AskAsync(RunningServer server, string path)
    {
        using var connection = await RawConnection.OpenAsync(server.Port);
        return await connection.AskAsync(path);
    }

    private static Dictionary<string, long> Numbers(string text) => Sample().Matches(text).ToDictionary(match => match.Groups["name"].Value, match => long.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<name>[^#\n ]+) (?<value>\d+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Sample();
}
