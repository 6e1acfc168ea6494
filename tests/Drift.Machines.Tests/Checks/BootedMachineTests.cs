// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The base machine as it runs: everything is checked over SSH, and what the goss file does not see is tried out.</summary>
[Collection(BaseMachineDefinition.Name)]
public sealed class BootedMachineTests(BaseMachineFixture machine)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Booted_machine_passes_and_its_firewall_gets_along_with_others()
    {
        await using var booted = await BootedMachine.StartAsync(await machine.CopyAsync(), Cancelled);
        await AssertPassesAsync(booted);

        // A deployment sends the front port to a private one. That is reached through it and not from outside, as nothing else is.
        await booted.SudoAsync("for port in 8081 9999; do systemd-run --quiet python3 -m http.server --directory /usr/share/doc/docker.io $port; done", Cancelled);
        var script = (await DriftTool.RunAsync(["deploy", "script"], Cancelled)).EnsureSuccess().Output;
        (await booted.SudoAsync("cat >/usr/local/sbin/drift-switch && chmod 755 /usr/local/sbin/drift-switch", Cancelled, script)).EnsureSuccess();
        Assert.Contains("\nok\n", (await booted.SudoAsync("drift-switch site lock 5", Cancelled, "{}\nswitch 80 8081 8081 8082\n")).EnsureSuccess().Output, StringComparison.Ordinal);
        await AssertAnswersAsync(booted, 80, answers: true);
        await AssertAnswersAsync(booted, 8081, answers: false);
        await AssertAnswersAsync(booted, 9999, answers: false);

        // Whoever restarts the firewall takes nothing from Docker, fail2ban or the deployment.
        (await booted.SudoAsync("fail2ban-client set sshd banip 192.0.2.1", Cancelled)).EnsureSuccess();
        var before = await TablesAsync(booted);
        Assert.Equal(["table inet drift", "table inet drift_site", "table inet f2b-table", "table ip filter", "table ip nat"], before);
        (await booted.SudoAsync("systemctl restart nftables", Cancelled)).EnsureSuccess();
        Assert.Equal(before, await TablesAsync(booted));
        await AssertAnswersAsync(booted, 80, answers: true);
        Assert.Contains("DOCKER", (await booted.SudoAsync("iptables -S FORWARD", Cancelled)).EnsureSuccess().Output, StringComparison.Ordinal);
        await AssertPassesAsync(booted);
    }

    [Fact]
    public async Task Running_machine_is_hardened_without_losing_the_session()
    {
        await using var booted = await BootedMachine.StartAsync(await machine.CopyAsync(), Cancelled);
        // As Debian leaves it. Its servers are not asked, and the kernel is not this machine's.
        (await booted.SudoAsync("""
            systemctl disable --quiet --now nftables; rm /etc/nftables.conf /etc/ssh/sshd_config.d/00-drift.conf /etc/systemd/system/nftables.service.d/drift.conf
            for program in apt-get sysctl; do printf "#!/bin/sh\n" >/usr/local/bin/$program && chmod 755 /usr/local/bin/$program; done
            sed s,PATH=/usr/sbin,PATH=/usr/local/bin:/usr/sbin, >/srv/harden.sh
            """, Cancelled, await File.ReadAllTextAsync(ProjectRoot.Combine("packer", "scripts", "harden.sh"), Cancelled))).EnsureSuccess();
        (await booted.SudoAsync("sh /srv/harden.sh && rm /usr/local/bin/apt-get /usr/local/bin/sysctl", Cancelled)).EnsureSuccess();
        await AssertPassesAsync(booted);
    }

    private static async Task AssertPassesAsync(BootedMachine booted)
    {
        var run = await DriftTool.RunAsync(["machine", "check", BootedMachine.Host, "--ssh-config", booted.SshConfiguration, "--sudo", "--goss", BaseMachineFixture.Goss, "--format", "json"], Cancelled);
        if (run.Output.Length == 0) Assert.Fail(run.Error);
        var report = JsonElement.Parse(run.Output);
        // This one is the kernel's alone, and a container may not set it.
        var failed = report.GetProperty("results").EnumerateArray().Where(result => !result.GetProperty("successful").GetBoolean()).Select(result => result.GetProperty("resource-id").GetString());
        Assert.Empty(failed.Except(["kernel.kptr_restrict"]));
        Assert.Equal((69, 0), (report.GetProperty("summary").GetProperty("test-count").GetInt32(), report.GetProperty("summary").GetProperty("skipped-count").GetInt32()));
    }

    private static async Task AssertAnswersAsync(BootedMachine booted, int port, bool answers)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(answers ? 10 : 2) };
        var url = new Uri($"http://{booted.Address}:{port}/");
        if (answers) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(url, Cancelled)).StatusCode);
        else await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync(url, Cancelled));
    }

    private static async Task<string[]> TablesAsync(BootedMachine booted) =>
        [.. (await booted.SudoAsync("nft list tables", Cancelled)).EnsureSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
