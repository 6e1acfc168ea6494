// SPDX-License-Identifier: Apache-2.0

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
    public async Task An_upload_that_is_refused_still_gets_its_answer(string name)
    {
        using var connection = await RawConnection.OpenAsync(await servers.PortAsync(Architecture.Of(name)));
        await connection.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 500000\r\n\r\n");
        await connection.SendAsync(new byte[500_000]);
        Assert.Equal(405, (await connection.ReceiveAnswerAsync()).Status);
        Assert.Empty(await connection.ReceiveToEndAsync());
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
    public async Task A_half_head_more_than_there_are_slots_is_closed(string name)
    {
        await using var server = await RunningServer.StartAsync(Architecture.Of(name), servers.Site);
        var connections = new List<RawConnection>();
        try
        {
            // Which of them finds no slot depends on the order in which their bytes arrive.
            for (var i = 0; i < 257; i++)
            {
                connections.Add(await RawConnection.OpenAsync(server.Port));
                await connections[i].SendAsync("GET /a.txt HTTP/1.1\r\n");
            }
            var ends = connections.ConvertAll(connection => connection.ReceiveToEndAsync());
            var closed = await Task.WhenAny(ends);
            Assert.Empty(await closed);

            // All others wait, whole requests need no slot, and what is closed gives its slot back.
            using var whole = await RawConnection.OpenAsync(server.Port);
            Assert.Equal(200, (await whole.AskAsync("/")).Status);
            foreach (var connection in connections.Where((_, i) => ends[i] != closed)) await connection.SendAsync("Host: test\r\nConnection: close\r\n\r\n");
            var answers = await Task.WhenAll(ends);
            Assert.Equal(256, answers.Count(answer => answer.Length > 0 && Answer.ParseAll(answer, _ => false).Single().Text == "a\n"));
            using var half = await RawConnection.OpenAsync(server.Port);
            await half.SendAsync("GET / HTTP/1.1\r\n");
            await Task.Delay(20, TestContext.Current.CancellationToken);
            await half.SendAsync("Host: test\r\n\r\n");
            Assert.Equal(200, (await half.ReceiveAnswerAsync()).Status);
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
