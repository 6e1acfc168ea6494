// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Server.Tests;

/// <summary>
/// Every request of the corpus, sent whole, in random cuts and byte by byte, to both architectures: all get the same bytes.
/// Behind it on the connection goes one for /health, which is answered exactly when the connection goes on.
/// </summary>
public sealed class RequestTests(ServersFixture servers)
{
    private static readonly byte[] Probe = "GET /health HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"u8.ToArray();

    public static TheoryData<string> Cases => RequestCorpus.Names;

    [Fact]
    public void Every_file_of_the_corpus_has_its_line() => Assert.Empty(RequestCorpus.Files.Except(RequestCorpus.Cases.Keys, StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_request_gets_its_answer_however_it_is_cut(string name)
    {
        var request = RequestCorpus.Cases[name];
        byte[] bytes = [.. request.Bytes, .. Probe];
        byte[]? first = null;
        foreach (var architecture in new[] { Architecture.X64, Architecture.Arm64 })
        {
            var port = await servers.PortAsync(architecture);
            foreach (var cuts in Cuts(bytes.Length))
            {
                using var connection = await RawConnection.OpenAsync(port);
                var received = await connection.ExchangeAsync(bytes, cuts);
                if (first is null) Check(request, received);
                var comparable = Answer.WithoutDates(received);
                first ??= comparable;
                Assert.True(first.AsSpan().SequenceEqual(comparable), $"{architecture}, {cuts.Count} pieces: {Encoding.Latin1.GetString(received)}");
            }
        }
    }

    private static void Check(RequestCase request, byte[] received)
    {
        List<(int Status, bool IsHead)> expected = [.. request.Answers];
        if (request.Fate == "keep") expected.Add((200, false));
        var answers = Answer.ParseAll(received, index => index < expected.Count && expected[index].IsHead);
        Assert.Equal(expected.Select(answer => answer.Status), answers.Select(answer => answer.Status));
        for (var i = 0; i < answers.Count; i++) Assert.Equal(i == answers.Count - 1 && request.Fate != "end", answers[i].Closes);
        foreach (var answer in answers)
        {
            answer.CheckDate();
            Assert.Equal(answer.Status == 405 ? "GET, HEAD" : null, answer.Header("Allow"));
            // These two are about what the client has, or has not, already.
            if (answer.Status is 304 or 416) continue;
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.NotNull(answer.Header("Content-Type"));
        }
        if (request.Field?.Split(':', 2, StringSplitOptions.TrimEntries) is [var name, var value]) Assert.Equal(value.Length == 0 ? null : value, answers[0].Header(name));
    }

    // Long requests are cut in fewer, larger pieces: a test is quick.
    private static IEnumerable<IReadOnlyList<int>> Cuts(int length)
    {
        yield return [length];
        var random = new Random(length);
        for (var i = 0; i < 2; i++) yield return RawConnection.RandomCuts(random, length, 4);
        var step = Math.Max(1, length / 1000);
        yield return [.. Enumerable.Range(1, length / step).Select(i => i * step).Append(length).Distinct()];
    }
}
