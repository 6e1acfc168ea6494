// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Server.Tests;

/// <summary>Many requests, large answers, slow and half-closed clients.</summary>
public sealed class TransferTests(ServersFixture servers)
{
    public static TheoryData<string> Architectures => Architecture.Names;

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Requests_sent_together_are_answered_in_order(string name)
    {
        using var connection = await RawConnection.OpenAsync(await servers.PortAsync(Architecture.Of(name)));
        string[] paths = ["/", "/a.txt", "/none", "/empty", "/health"];
        var requests = string.Concat(Enumerable.Range(0, 200).Select(i => $"GET {paths[i % paths.Length]} HTTP/1.1\r\nHost: test\r\n\r\n"));
        await connection.SendAsync(requests);
        for (var i = 0; i < 200; i++)
        {
            var answer = await connection.ReceiveAnswerAsync();
            Assert.Equal(paths[i % paths.Length] == "/none" ? 404 : 200, answer.Status);
            if (paths[i % paths.Length] == "/a.txt") Assert.Equal("a\n", answer.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_slow_reader_gets_large_answers_whole_and_in_order(string name)
    {
        // The receive buffer is small and the client pauses, so the server meets a full socket again and again.
        using var connection = await RawConnection.OpenAsync(await servers.PortAsync(Architecture.Of(name)), receiveBuffer: 65536);
        var get = (string path) => $"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n";
        await connection.SendAsync(get("/a.txt") + get("/big") + get("/a.txt") + "HEAD /big HTTP/1.1\r\nHost: test\r\n\r\n" + get("/big"));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        await connection.SendAsync(get("/none"));
        Assert.Equal("a\n", (await connection.ReceiveAnswerAsync()).Text);
        await CheckBigAsync(connection, pauses: 20);
        Assert.Equal("a\n", (await connection.ReceiveAnswerAsync()).Text);
        Assert.Equal(TestSite.BigLength, (await connection.ReceiveAnswerAsync(isHead: true)).ContentLength);
        await CheckBigAsync(connection, pauses: 0);
        Assert.Equal(404, (await connection.ReceiveAnswerAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Many_large_answers_at_one_time_are_each_right(string name)
    {
        var port = await servers.PortAsync(Architecture.Of(name));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var connection = await RawConnection.OpenAsync(port);
            await connection.SendAsync("GET /big HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            await CheckBigAsync(connection, pauses: 0);
            Assert.Empty(await connection.ReceiveToEndAsync());
        }));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_client_that_stops_sending_gets_its_answer(string name)
    {
        using var connection = await RawConnection.OpenAsync(await servers.PortAsync(Architecture.Of(name)));
        await connection.SendAsync("GET /a.txt HTTP/1.1\r\nHost: test\r\n\r\nGET /big HTTP/1.1\r\nHost: test\r\n\r\n");
        connection.ShutdownSend();
        Assert.Equal("a\n", (await connection.ReceiveAnswerAsync()).Text);
        await CheckBigAsync(connection, pauses: 3);
        Assert.Empty(await connection.ReceiveToEndAsync());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_client_that_stops_in_a_request_is_closed(string name)
    {
        var port = await servers.PortAsync(Architecture.Of(name));
        foreach (var start in new[] { "", "G", "GET / HTTP/1.1\r\nHost: te" })
        {
            using var connection = await RawConnection.OpenAsync(port);
            await connection.SendAsync(start);
            connection.ShutdownSend();
            Assert.Empty(await connection.ReceiveToEndAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Clients_that_vanish_do_no_harm(string name)
    {
        var port = await servers.PortAsync(Architecture.Of(name));
        for (var i = 0; i < 50; i++)
        {
            using var connection = await RawConnection.OpenAsync(port);
            await connection.SendAsync("GET /big HTTP/1.1\r\nHost: test\r\n\r\n" + new string('x', i));
        }
        using var other = await RawConnection.OpenAsync(port);
        Assert.Equal("OK", (await other.AskAsync("/health")).Text);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task An_upload_is_refused_and_thrown_away_up_to_1_MiB(string name)
    {
        using var connection = await RawConnection.OpenAsync(await servers.PortAsync(Architecture.Of(name)));
        foreach (var length in new[] { 1, 500_000, 1 << 20 })
        {
            await connection.SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n");
            await connection.SendAsync(new byte[length]);
            Assert.Equal(405, (await connection.ReceiveAnswerAsync()).Status);
        }
        await connection.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var i = 0; i < 10; i++)
        {
            await connection.SendAsync("10000\r\n");
            await connection.SendAsync(new byte[0x10000]);
            await connection.SendAsync("\r\n");
        }
        await connection.SendAsync("0\r\n\r\n");
        Assert.Equal(405, (await connection.ReceiveAnswerAsync()).Status);
        Assert.Equal("OK", (await connection.AskAsync("/health")).Text);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task An_upload_above_1_MiB_still_gets_its_answer(string name)
    {
        var port = await servers.PortAsync(Architecture.Of(name));
        using var counted = await RawConnection.OpenAsync(port);
        await counted.SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {(1 << 20) + 1}\r\n\r\n");
        await counted.SendAsync(new byte[500_000]);
        Assert.Equal((413, true), (await counted.ReceiveAnswerAsync()) is var answer ? (answer.Status, answer.Closes) : default);
        Assert.Empty(await counted.ReceiveToEndAsync());

        // Chunks may say how many they are only when they have come: the answer is there before.
        using var chunked = await RawConnection.OpenAsync(port);
        await chunked.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(405, (await chunked.ReceiveAnswerAsync()).Status);
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string('x', 0x10000) + "\r\n");
        var bytes = Enumerable.Repeat(chunk, 17).SelectMany(piece => piece).ToArray();
        Assert.Empty(await chunked.ExchangeAsync(bytes, [bytes.Length]));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Hundreds_of_idle_connections_and_half_heads_are_served(string name)
    {
        await using var server = await RunningServer.StartAsync(Architecture.Of(name), servers.Site);
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 300; i++) connections.Add(await RawConnection.OpenAsync(server.Port));
            // A head that is not whole has one of 256 slots; the others are idle.
            foreach (var connection in connections.Take(200)) await connection.SendAsync("GET /a.txt HTTP/1.1\r\n");
            foreach (var connection in connections.Skip(200)) Assert.Equal("OK", (await connection.AskAsync("/health")).Text);
            foreach (var connection in connections.Take(200)) await connection.SendAsync("Host: test\r\n\r\n");
            foreach (var connection in connections.Take(200)) Assert.Equal("a\n", (await connection.ReceiveAnswerAsync()).Text);
            // All slots are free again.
            foreach (var connection in connections.Skip(100)) await connection.SendAsync("GET /a.txt HTTP/1.1\r\n");
            foreach (var connection in connections.Skip(100)) await connection.SendAsync("Host: test\r\n\r\n");
            foreach (var connection in connections.Skip(100)) Assert.Equal("a\n", (await connection.ReceiveAnswerAsync()).Text);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_half_head_more_than_there_are_slots_ends_the_oldest(string name)
    {
        await using var server = await RunningServer.StartAsync(Architecture.Of(name), servers.Site);
        var connections = new List<RawConnection>();
        using var silent = await RawConnection.OpenAsync(server.Port);
        await server.WaitForSocketsAsync(2);
        try
        {
            for (var i = 0; i < 257; i++)
            {
                connections.Add(await RawConnection.OpenAsync(server.Port));
                await connections[i].SendAsync("GET /a.txt HTTP/1.1\r\n");
                // Which one is the oldest is decided by the order in which the server reads them.
                if (i is 0 or 1) await Task.Delay(50, TestContext.Current.CancellationToken);
            }
            Assert.Empty(await connections[0].ReceiveToEndAsync());

            // One that has sent nothing has no slot to give.
            Assert.Equal(200, (await silent.AskAsync("/")).Status);

            // All others wait, whole requests need no slot, and what is closed gives its slot back.
            using var whole = await RawConnection.OpenAsync(server.Port);
            Assert.Equal(200, (await whole.AskAsync("/")).Status);
            foreach (var connection in connections.Skip(1)) await connection.SendAsync("Host: test\r\nConnection: close\r\n\r\n");
            foreach (var connection in connections.Skip(1)) Assert.Equal("a\n", Answer.ParseAll(await connection.ReceiveToEndAsync(), _ => false).Single().Text);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    // Reads the head, then compares the body as it comes.
    private static async Task CheckBigAsync(RawConnection connection, int pauses)
    {
        var head = await connection.ReceiveAnswerAsync(isHead: true);
        Assert.Equal(TestSite.BigLength, head.ContentLength);
        var at = 0;
        while (at < TestSite.BigLength)
        {
            var bytes = await connection.ReceiveAsync(TestSite.BigLength - at);
            Assert.False(bytes.IsEmpty, $"The body ended at {at}.");
            Assert.True(TestSite.Big.AsSpan(at, bytes.Length).SequenceEqual(bytes.Span), $"The body differs behind {at}.");
            at += bytes.Length;
            if (pauses-- > 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
