// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>
/// Every request of the corpus, sent whole, in random cuts and byte by byte, to both architectures: all get the same bytes.
/// Behind it on the connection goes one for /health, which is answered exactly when the connection goes on.
/// </summary>
public sealed class RequestTests(ServersFixture servers)
{
    private const string Probe = "GET /health HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

    public static TheoryData<string> Cases => RequestCorpus.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_request_gets_its_answer_however_it_is_cut(string name)
    {
        var request = RequestCorpus.Of(name);
        var bytes = Encoding.Latin1.GetBytes(request.Bytes + Probe);
        byte[]? first = null;
        foreach (var architecture in new[] { Architecture.X64, Architecture.Arm64 })
        {
            var port = await servers.PortAsync(architecture);
            foreach (var cuts in Cuts(bytes.Length))
            {
                var received = await ExchangeAsync(port, bytes, cuts);
                if (first is null) Check(request, received);
                first ??= received;
                Assert.True(first.AsSpan().SequenceEqual(received), $"{architecture}, {cuts.Count} pieces: {Encoding.Latin1.GetString(received)}");
            }
        }
    }

    private static void Check(RequestCase request, byte[] received)
    {
        var answers = Answer.ParseAll(received, index => IsHead(request, index));
        Assert.Equal(request.Closes ? request.Statuses : [.. request.Statuses, 200], answers.Select(answer => answer.Status));
        for (var i = 0; i < answers.Count; i++) Assert.Equal(i == answers.Count - 1, answers[i].Closes);
        foreach (var answer in answers)
        {
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.NotNull(answer.Header("Content-Type"));
            Assert.Equal(answer.Status == 405 ? "GET, HEAD" : null, answer.Header("Allow"));
            Assert.Equal(answer.Status == 301 ? "/dir/" : null, answer.Header("Location"));
        }
    }

    // Which of the requests are HEAD, whose answers have no body.
    private static bool IsHead(RequestCase request, int index) =>
        request.Bytes.Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries) is var all && index < all.Length && all[index].StartsWith("HEAD ", StringComparison.Ordinal);

    // Long requests are cut in fewer, larger pieces: a test is quick.
    private static IEnumerable<IReadOnlyList<int>> Cuts(int length)
    {
        yield return [length];
        var random = new Random(length);
        for (var i = 0; i < 2; i++)
        {
            var cuts = new SortedSet<int> { length };
            for (var j = 0; j < 4; j++) cuts.Add(random.Next(1, length));
            yield return [.. cuts];
        }
        var step = Math.Max(1, length / 1000);
        yield return [.. Enumerable.Range(1, length / step).Select(i => i * step).Append(length).Distinct()];
    }

    private static async Task<byte[]> ExchangeAsync(int port, byte[] bytes, IReadOnlyList<int> cuts)
    {
        using var connection = await RawConnection.OpenAsync(port);
        var receive = connection.ReceiveToEndAsync();
        var sent = 0;
        try
        {
            foreach (var cut in cuts)
            {
                await connection.SendAsync(bytes.AsMemory(sent, cut - sent));
                sent = cut;
                if (cuts.Count < 10) await Task.Yield();
            }
        }
        catch (SocketException)
        {
            // The server has answered and closed already.
        }
        return await receive;
    }
}
