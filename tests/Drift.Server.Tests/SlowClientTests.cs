// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>Attacks by slowhttptest, whose thousand connections each hold on to the server: others are answered all the while.</summary>
[Collection(Alone.Name)]
public sealed class SlowClientTests(ServersFixture servers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Others_are_answered_within_a_second_while_a_thousand_clients_are_slow()
    {
        var slowhttptest = Need.Program("slowhttptest");
        // Heads, bodies, ranges and reading, each with a server of its own, at one time.
        await Task.WhenAll(((string[])["-H -i 1 -x 20", "-B -i 1 -s 8192", "-R -t HEAD -a 10 -b 3000", "-X -w 512 -y 1024 -n 1 -z 32 -k 3"]).Select(async mode =>
        {
            await using var server = await RunningServer.StartAsync(Architecture.Native, servers.Site);
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}/{(mode[1] is 'R' or 'X' ? "big" : "")}");
            var attack = ProcessRun.RunAsync(slowhttptest, [.. mode.Split(' '), "-c", "1000", "-r", "200", "-l", "8", "-p", "1", "-v", "1", "-u", url]);
            do
            {
                using var connection = await RawConnection.OpenAsync(server.Port).WaitAsync(Limit);
                Assert.Equal("OK", (await connection.AskAsync("/health").WaitAsync(Limit)).Text);
                await Task.WhenAny(attack, Task.Delay(50, TestContext.Current.CancellationToken));
            }
            while (!attack.IsCompleted);

            // It has probed the server, too.
            var report = (await attack).EnsureSuccess().Output;
            TestContext.Current.TestOutputHelper?.WriteLine(report);
            Assert.Contains("YES", report, StringComparison.Ordinal);
            Assert.DoesNotContain("service available:   NO", report, StringComparison.Ordinal);
        }));
    }
}
