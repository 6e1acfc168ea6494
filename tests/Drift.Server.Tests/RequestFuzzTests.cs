// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>
/// Damaged requests: each server answers what <see cref="RequestParser"/> says, and both the same bytes. The seeds are always the same;
/// <c>bench/fuzz-server MINUTES</c> goes on with others.
/// </summary>
public sealed class RequestFuzzTests(ServersFixture servers)
{
    private const int Batch = 16;
    private const int Seeds = 3000;
    private static readonly byte[] Probe = "\r\n\r\nGET /health HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task Damaged_requests_are_answered_as_the_RFCs_say_and_alike()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("FUZZ_MINUTES") ?? "0", CultureInfo.InvariantCulture);
        var (first, watch) = (minutes == 0 ? 0 : Environment.TickCount, Stopwatch.StartNew());
        var count = 0;
        for (; minutes == 0 ? count < Seeds : watch.Elapsed.TotalMinutes < minutes; count += Batch)
        {
            await Task.WhenAll(Enumerable.Range(first + count, Batch).Select(CheckAsync));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} damaged requests");
    }

    private async Task CheckAsync(int seed)
    {
        var random = new Random(seed);
        var input = new RequestMutator(random).Next();
        byte[] bytes = [.. input, .. Probe];
        var cuts = RawConnection.RandomCuts(random, bytes.Length, random.Next(4));
        var expected = RequestParser.Answer(Encoding.Latin1.GetString(bytes), StatusOf);
        var received = new List<byte[]>();
        foreach (var architecture in new[] { Architecture.X64, Architecture.Arm64 })
        {
            using var connection = await RawConnection.OpenAsync(await servers.PortAsync(architecture));
            received.Add(Answer.WithoutDates(await connection.ExchangeAsync(bytes, cuts, stopsSending: true)));
        }
        try
        {
            Assert.True(received[0].AsSpan().SequenceEqual(received[1]), $"AArch64: {Encoding.Latin1.GetString(received[1])}");
            var answers = Answer.ParseAll(received[0], index => index < expected.Count && expected[index].IsHead);
            Assert.Equal(expected.Select(reply => (reply.Status, reply.Closes)), answers.Select(answer => (answer.Status is 206 or 304 or 416 ? 200 : answer.Status, answer.Closes)));
        }
        catch (Exception e)
        {
            var file = Path.Combine(AppContext.BaseDirectory, $"finding-{seed}.raw");
            await File.WriteAllBytesAsync(file, input);
            throw new InvalidOperationException($"{file} is answered:\n{Encoding.Latin1.GetString(received[0])}", e);
        }
    }

    private static int StatusOf(string path) =>
        path is SiteHealth or "/healthz" || TestSite.Files.FirstOrDefault(file => file.UrlPath == path) is { Location: null } ? 200
        : TestSite.Files.Any(file => file.UrlPath == path) ? 301 : 404;

    private const string SiteHealth = "/health";
}
