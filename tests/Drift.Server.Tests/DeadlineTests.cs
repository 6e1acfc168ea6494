// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;

namespace Drift.Server.Tests;

/// <summary>Clients that take their time, and whose connection goes when there are too many.</summary>
public sealed class DeadlineTests(ServersFixture servers)
{
    private const string Get = "GET /a.txt HTTP/1.1\r\nHost: test\r\n\r\n";

    public static TheoryData<string> Architectures => Architecture.Names;

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_head_that_is_not_whole_in_time_is_answered_408(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_HEAD_TIMEOUT=1");
        using var silent = await RawConnection.OpenAsync(server.Port);
        using var half = await RawConnection.OpenAsync(server.Port);
        using var trickling = await RawConnection.OpenAsync(server.Port);
        await half.SendAsync("GET / HT");
        await trickling.SendAsync(Get + "GET / HTTP/1.1\r\nX: ");
        Assert.Equal(200, (await trickling.ReceiveAnswerAsync()).Status);

        // Bytes that come one by one are no reason to wait longer.
        var answer = trickling.ReceiveAnswerAsync();
        try
        {
            while (!answer.IsCompleted)
            {
                await trickling.SendAsync("x");
                await Task.WhenAny(answer, Task.Delay(100, TestContext.Current.CancellationToken));
            }
        }
        catch (SocketException)
        {
            // The end came first.
        }
        Assert.Equal((408, true), ((await answer).Status, (await answer).Closes));
        Assert.Equal(408, (await half.ReceiveAnswerAsync()).Status);
        Assert.Empty(await half.ReceiveToEndAsync());
        // One that has asked for nothing is told nothing.
        Assert.Empty(await silent.ReceiveToEndAsync());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_body_that_does_not_come_ends_the_connection(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_HEAD_TIMEOUT=1");
        foreach (var body in new[] { "Content-Length: 9\r\n\r\n1234", "Transfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nab" })
        {
            using var connection = await RawConnection.OpenAsync(server.Port);
            await connection.SendAsync("POST / HTTP/1.1\r\nHost: test\r\n" + body);
            Assert.Equal(405, (await connection.ReceiveAnswerAsync()).Status);
            Assert.Empty(await connection.ReceiveToEndAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task An_idle_connection_ends_without_a_word_and_one_in_use_stays(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_KEEPALIVE=2");
        using var idle = await RawConnection.OpenAsync(server.Port);
        using var used = await RawConnection.OpenAsync(server.Port);
        Assert.Equal(200, (await idle.AskAsync("/")).Status);
        var end = idle.ReceiveToEndAsync();
        while (!end.IsCompleted)
        {
            Assert.Equal(200, (await used.AskAsync("/")).Status);
            await Task.WhenAny(end, Task.Delay(100, TestContext.Current.CancellationToken));
        }
        Assert.Empty(await end);
        Assert.Equal(200, (await used.AskAsync("/")).Status);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_client_that_does_not_read_is_ended_and_a_slow_one_is_not(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_WRITE_TIMEOUT=1");
        using var slow = await RawConnection.OpenAsync(server.Port, receiveBuffer: 65536);
        await slow.SendAsync("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
        using var deaf = await RawConnection.OpenAsync(server.Port, receiveBuffer: 65536);
        await deaf.SendAsync("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
        await server.WaitForSocketsAsync(3);
        var received = 0;
        var gone = server.WaitForSocketsAsync(2);
        while (!gone.IsCompleted)
        {
            received += (await slow.ReceiveExactlyAsync(100_000)).Length;
            await Task.WhenAny(gone, Task.Delay(50, TestContext.Current.CancellationToken));
        }
        await gone;
        Assert.True((await deaf.ReceiveToEndAsync()).Length < TestSite.BigLength);
        Assert.InRange((await slow.ReceiveExactlyAsync(TestSite.BigLength - received)).Length, TestSite.BigLength - received, TestSite.BigLength);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_client_that_does_not_go_after_its_last_answer_is_ended(string name)
    {
        await using var server = await StartAsync(name);
        using var connection = await RawConnection.OpenAsync(server.Port);
        await connection.SendAsync("BAD\r\n\r\n");
        Assert.Equal(400, (await connection.ReceiveAnswerAsync()).Status);
        await server.WaitForSocketsAsync(1);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task One_connection_too_many_ends_the_one_that_is_idle_longest(string name)
    {
        await using var server = await StartAsync(name, "DRIFT_MAXCONN=4");
        await server.WaitForSocketsAsync(1);
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                connections.Add(await RawConnection.OpenAsync(server.Port));
                // The second waits for the rest of a head; it is not idle.
                if (i == 1) await connections[i].SendAsync("GET /a.txt HTTP/1.1\r\n");
                else Assert.Equal(200, (await connections[i].AskAsync("/")).Status);
            }
            connections.Add(await RawConnection.OpenAsync(server.Port));
            Assert.Equal(200, (await connections[4].AskAsync("/")).Status);
            Assert.Empty(await connections[0].ReceiveToEndAsync());

            connections.Add(await RawConnection.OpenAsync(server.Port));
            Assert.Equal(200, (await connections[5].AskAsync("/")).Status);
            Assert.Empty(await connections[2].ReceiveToEndAsync());

            await connections[1].SendAsync("Host: test\r\n\r\n");
            foreach (var connection in connections.Skip(3)) Assert.Equal(200, (await connection.AskAsync("/")).Status);
            Assert.Equal("a\n", (await connections[1].ReceiveAnswerAsync()).Text);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<RunningServer> StartAsync(string name, params string[] settings) => await RunningServer.StartAsync(Architecture.Of(name), servers.Site, settings);
}
