// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>Settings from the environment, and the one argument.</summary>
public sealed class SettingsTests(ServersFixture servers)
{
    private static readonly string[] NoNumbers = ["", "-1", "+5", " 5", "5 ", "5s", "0x5", "5\n", "99999999999999999999", "4294967297"];

    // Each setting, what its error says, and what is beyond its bounds.
    private static readonly (string Name, string Error, string[] Bad)[] Settings =
    [
        ("PORT", "must be a whole number from 1 to 65535", [.. NoNumbers, "0", "00", "65536"]),
        ("DRIFT_KEEPALIVE", "must be 1 to 86400 seconds", [.. NoNumbers, "0", "86401"]),
        ("DRIFT_HEAD_TIMEOUT", "must be 1 to 3600 seconds", [.. NoNumbers, "0", "3601"]),
        ("DRIFT_WRITE_TIMEOUT", "must be 1 to 3600 seconds", [.. NoNumbers, "0", "3601"]),
        ("DRIFT_DRAIN_DELAY", "must be 0 to 3600 seconds", [.. NoNumbers, "3601"]),
        ("DRIFT_DRAIN_TIMEOUT", "must be 0 to 3600 seconds", [.. NoNumbers, "3601"]),
        ("DRIFT_MAXCONN", "must be 1 to 65535 connections", [.. NoNumbers, "0", "65536", "auto"]),
        ("DRIFT_SANDBOX", "must be off, auto or require", [.. NoNumbers, "on", "Off", "offf", "of", "0", "1", "2"]),
        ("DRIFT_WORKERS", "must be auto or 1 to 256", [.. NoNumbers, "0", "257", "on"]),
        ("DRIFT_LOG", "must be on or off", [.. NoNumbers, "0", "1", "auto", "On"]),
        ("DRIFT_METRICS", "must be on or off", [.. NoNumbers, "0", "1", "auto", "ons"]),
    ];

    public static TheoryData<string> Architectures => Architecture.Names;

    public static TheoryData<string, string> All => [.. Settings.SelectMany(setting => Architecture.Names.Select(name => (name.Data, setting.Name)))];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_bad_setting_is_told_and_ends_with_2(string architecture, string name)
    {
        var (_, error, bad) = Settings.Single(setting => setting.Name == name);
        foreach (var value in bad)
        {
            var run = await RunAsync(architecture, [], $"{name}={value}");
            Assert.Equal((value, 2, $"drift: {name} {error}\n", ""), (value, run.ExitCode, run.Error, run.Output));
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task The_least_and_the_most_are_taken_and_other_names_are_not_read(string architecture)
    {
        foreach (var values in new[] { "1 1 1 0 0 1", "86400 3600 3600 3600 3600 65535", "00075 010 030 03 05 0100" })
        {
            var numbers = values.Split(' ');
            string[] settings = [.. Settings.Skip(1).Zip(numbers, (setting, number) => $"{setting.Name}={number}"), "DRIFT_KEEPALIVE_=x", "DRIFT_KEEP=x", "XPORT=x", "DRIFT_SANDBOX=off"];
            await using var server = await RunningServer.StartAsync(Architecture.Of(architecture), servers.Site, settings);
            using var connection = await RawConnection.OpenAsync(server.Port);
            Assert.Equal("OK", (await connection.AskAsync("/health")).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task The_probe_tells_whether_the_server_is_well(string architecture)
    {
        await using var server = await RunningServer.StartAsync(Architecture.Of(architecture), servers.Site, "DRIFT_DRAIN_DELAY=3600");
        var port = $"PORT={server.Port.ToString(CultureInfo.InvariantCulture)}";
        var well = await RunAsync(architecture, ["--probe"], port);
        Assert.Equal((0, "", ""), (well.ExitCode, well.Output, well.Error));

        await server.SignalAsync("TERM");
        using (var connection = await RawConnection.OpenAsync(server.Port))
        {
            Assert.Equal(503, (await connection.AskAsync("/health")).Status);
        }
        Assert.Equal(1, (await RunAsync(architecture, ["--probe"], port)).ExitCode);

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Equal(1, (await RunAsync(architecture, ["--probe"], port)).ExitCode);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task The_probe_reads_the_port_and_nothing_else_is_an_argument(string architecture)
    {
        Assert.Equal((2, "drift: PORT must be a whole number from 1 to 65535\n"), await RunAsync(architecture, ["--probe"], "PORT=x") is var run ? (run.ExitCode, run.Error) : default);
        foreach (var argument in new[] { "", "-", "--prob", "--probes", "--help" })
        {
            run = await RunAsync(architecture, [argument], "PORT=8080");
            Assert.Equal((argument, 2, "drift: the only argument is --probe\n"), (argument, run.ExitCode, run.Error));
        }
    }

    private async Task<ProcessRun> RunAsync(string architecture, IEnumerable<string> arguments, string setting)
    {
        string[] command = [.. Architecture.Of(architecture).Runner, await servers.Site.PathAsync(Architecture.Of(architecture)), .. arguments];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { [setting.Split('=')[0]] = setting.Split('=')[1] };
        return await ProcessRun.RunAsync(command[0], command.Skip(1), timeout: TimeSpan.FromSeconds(5), environment: environment, cancellationToken: TestContext.Current.CancellationToken);
    }
}
