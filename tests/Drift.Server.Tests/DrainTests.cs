// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net.Sockets;

namespace Drift.Server.Tests;

/// <summary>How the server ends: what was asked is answered.</summary>
public sealed class DrainTests(ServersFixture servers)
{
    public static TheoryData<string> Architectures => Architecture.Names;

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task SIGTERM_first_tells_everybody_then_ends(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_DRAIN_DELAY=1");
        using var kept = await RawConnection.OpenAsync(server.Port);
        using var idle = await RawConnection.OpenAsync(server.Port);
        Assert.False((await kept.AskAsync("/")).Closes);
        Assert.False((await idle.AskAsync("/health")).Closes);
        await server.SignalAsync("TERM");

        var answer = await kept.AskAsync("/a.txt");
        Assert.Equal((200, true, "a\n"), (answer.Status, answer.Closes, answer.Text));
        Assert.Empty(await kept.ReceiveToEndAsync());
        using var probe = await RawConnection.OpenAsync(server.Port);
        answer = await probe.AskAsync("/health");
        Assert.Equal((503, true), (answer.Status, answer.Closes));
        using var other = await RawConnection.OpenAsync(server.Port);
        Assert.Equal(200, (await other.AskAsync("/")).Status);

        // The idle one ends with the delay, and nothing else is waited for.
        Assert.Empty(await idle.ReceiveToEndAsync());
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task SIGINT_does_not_wait_but_what_is_busy_may_finish(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_DRAIN_DELAY=3600", "DRIFT_DRAIN_TIMEOUT=3600");
        using var busy = await RawConnection.OpenAsync(server.Port, receiveBuffer: 65536);
        await busy.SendAsync("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal(200, (await busy.ReceiveAnswerAsync(isHead: true)).Status);
        using var half = await RawConnection.OpenAsync(server.Port);
        await half.SendAsync("GET /a.txt HTTP/1.1\r\n");
        await server.WaitForSocketsAsync(3);
        await server.SignalAsync("INT");
        await server.WaitForSocketsAsync(2);
        await Assert.ThrowsAsync<SocketException>(() => RawConnection.OpenAsync(server.Port));

        await half.SendAsync("Host: test\r\n\r\n");
        var answer = await half.ReceiveAnswerAsync();
        Assert.Equal(("a\n", true), (answer.Text, answer.Closes));
        var body = await busy.ReceiveExactlyAsync(TestSite.BigLength);
        Assert.True(TestSite.Big.AsSpan().SequenceEqual(body));
        busy.ShutdownSend();
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Who_is_still_busy_at_the_time_limit_is_cut(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_DRAIN_TIMEOUT=1");
        using var deaf = await RawConnection.OpenAsync(server.Port, receiveBuffer: 65536);
        await deaf.SendAsync("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal(200, (await deaf.ReceiveAnswerAsync(isHead: true)).Status);
        await server.SignalAsync("INT");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.True((await deaf.ReceiveToEndAsync()).Length < TestSite.BigLength);
    }

    [Theory]
    [InlineData("TERM", "TERM")]
    [InlineData("TERM", "INT")]
    [InlineData("INT", "TERM")]
    public async Task A_second_signal_ends_it_at_once(string first, string second)
    {
        await using var server = await StartAsync(Architecture.Native.Name, "DRIFT_DRAIN_DELAY=3600", "DRIFT_DRAIN_TIMEOUT=3600");
        using var half = await RawConnection.OpenAsync(server.Port);
        await half.SendAsync("GET / HTTP/1.1\r\n");
        await server.WaitForSocketsAsync(2);
        await server.SignalAsync(first);
        // Two equal signals that come together are one.
        if (first == "INT") await server.WaitForSocketsAsync(1);
        else await WaitForUnwellAsync(server.Port);
        await server.SignalAsync(second);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task SIGTERM_under_load_loses_no_request(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_DRAIN_DELAY=1");
        var isUnwell = false;
        var answered = 0;
        var clients = Enumerable.Range(0, 16).Select(async _ =>
        {
            // As a load balancer does: no new connection to a server that is not well.
            while (!Volatile.Read(ref isUnwell))
            {
                using var connection = await RawConnection.OpenAsync(server.Port);
                Answer answer;
                do
                {
                    answer = await connection.AskAsync("/a.txt");
                    Assert.Equal("a\n", answer.Text);
                    Interlocked.Increment(ref answered);
                }
                while (!answer.Closes);
            }
        }).ToList();
        while (Volatile.Read(ref answered) < 500) await Task.Delay(10, TestContext.Current.CancellationToken);
        await server.SignalAsync("TERM");
        await WaitForUnwellAsync(server.Port);
        Volatile.Write(ref isUnwell, true);
        await Task.WhenAll(clients);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    private static async Task WaitForUnwellAsync(int port)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            using var connection = await RawConnection.OpenAsync(port);
            if ((await connection.AskAsync("/health")).Status == 503) return;
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "It is still well.");
        }
    }

    private async Task<RunningServer> StartAsync(string name, params string[] settings) => await RunningServer.StartAsync(Architecture.Of(name), servers.Site, settings);
}
