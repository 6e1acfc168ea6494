// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The base machine that harden.sh makes, and the goss file that describes it: it passes, and each of these faults is found, and nothing else.</summary>
[Collection(BaseMachineDefinition.Name)]
public sealed class BaseMachineTests(BaseMachineFixture machine)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hardened_machine_passes()
    {
        var run = await DriftTool.RunAsync(["machine", "check", machine.Root, "--goss", BaseMachineFixture.Goss], Cancelled);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("Command: sshd-effective: stdout: matches expectation: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("KernelParam: net.ipv4.tcp_migrate_req: value: skipped: what the kernel has cannot be told from a folder\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nCount: 69, Failed: 0, Skipped: 8\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_checked_fails_when_that_is_asked_for()
    {
        var run = await DriftTool.RunAsync(["machine", "check", machine.Root, "--goss", BaseMachineFixture.Goss, "--strict", "--json"], Cancelled);
        Assert.Equal(7, run.ExitCode);
        Assert.Equal(8, JsonElement.Parse(run.Output).GetProperty("summary").GetProperty("failed-count").GetInt32());
    }

    [Fact]
    public async Task Machine_that_is_not_hardened_fails()
    {
        var root = await machine.CopyAsync();
        await BaseMachineFixture.ShAsync(root, "rm -r etc/ssh/sshd_config.d/00-drift.conf etc/nftables.conf etc/sysctl.d/90-drift.conf");
        var failed = await FailedAsync(root);
        Assert.Contains("File: /etc/ssh/sshd_config.d/00-drift.conf: exists", failed);
        Assert.Contains("Command: sshd-effective: stdout", failed);
        Assert.Contains("Command: firewall-is-valid: exit-status", failed);
    }

    [Theory]
    [InlineData("Package: fail2ban: installed", "sed -i '/^Package: fail2ban$/,/^$/s/^Status: .*/Status: deinstall ok config-files/' var/lib/dpkg/status")]
    [InlineData("Package: python3-systemd: installed", "sed -i '/^Package: python3-systemd$/,/^$/d' var/lib/dpkg/status")]
    [InlineData("Package: iptables-persistent: installed", @"printf 'Package: iptables-persistent\nStatus: install ok installed\nVersion: 1\n\n' >>var/lib/dpkg/status")]
    [InlineData("Service: ssh: enabled", "systemctl --quiet --root=\"$PWD\" disable ssh 2>&1")]
    [InlineData("Service: fail2ban: enabled", "rm etc/systemd/system/multi-user.target.wants/fail2ban.service")]
    [InlineData("Service: nftables: enabled", "rm etc/systemd/system/sysinit.target.wants/nftables.service")]
    [InlineData("Service: docker: enabled", "ln -s /dev/null etc/systemd/system/docker.service")]
    [InlineData("Service: qemu-guest-agent: enabled", "rm lib/systemd/system/qemu-guest-agent.service")]
    [InlineData("File: /etc/ssh/sshd_config.d/00-drift.conf: mode", "chmod 0666 etc/ssh/sshd_config.d/00-drift.conf")]
    [InlineData("File: /etc/ssh/sshd_config.d/00-drift.conf: owner", "chown 1 etc/ssh/sshd_config.d/00-drift.conf")]
    [InlineData("File: /etc/ssh/sshd_config.d/00-drift.conf: group", "chgrp 1 etc/ssh/sshd_config.d/00-drift.conf")]
    [InlineData("Command: sshd-effective: stdout", "echo PasswordAuthentication yes >etc/ssh/sshd_config.d/00-cloud.conf")]
    [InlineData("File: /etc/fail2ban/jail.d/10-drift.local: contents", "sed -i 's/nftables-multiport/iptables-multiport/' etc/fail2ban/jail.d/10-drift.local")]
    [InlineData("Command: fail2ban-is-valid: exit-status", @"printf '[sshd]\nfilter = nothing\n' >etc/fail2ban/jail.d/99-local.local")]
    [InlineData("File: /etc/nftables.conf: contents", "sed -i '1a flush ruleset' etc/nftables.conf")]
    [InlineData("File: /etc/nftables.conf: contents", "sed -i 's/policy drop/policy accept/' etc/nftables.conf")]
    [InlineData("File: /etc/nftables.conf: contents", "sed -i /include/d etc/nftables.conf")]
    [InlineData("Command: firewall-is-valid: exit-status", "echo 'table inet other { chain' >etc/nftables.d/other.nft")]
    [InlineData("File: /etc/nftables.d: mode", "chmod 0777 etc/nftables.d")]
    [InlineData("File: /etc/systemd/system/nftables.service.d/drift.conf: exists", "rm etc/systemd/system/nftables.service.d/drift.conf")]
    [InlineData("File: /etc/systemd/system/nftables.service.d/drift.conf: contents", "sed -i 's/delete table inet drift/flush ruleset/' etc/systemd/system/nftables.service.d/drift.conf")]
    [InlineData("File: /etc/sysctl.d/90-drift.conf: contents", "sed -i /tcp_migrate_req/d etc/sysctl.d/90-drift.conf")]
    [InlineData("File: /etc/docker/daemon.json: contents", "sed -i s/local/json-file/ etc/docker/daemon.json")]
    [InlineData("File: /etc/cloud/cloud.cfg.d/99-drift.cfg: contents", "echo 'datasource_list: [ Ec2 ]' >etc/cloud/cloud.cfg.d/99-drift.cfg")]
    [InlineData("File: /etc/apt/apt.conf.d/52drift: contents", "sed -i 's/\"1\"/\"0\"/' etc/apt/apt.conf.d/52drift")]
    [InlineData("File: /root: mode", "chmod 0755 root")]
    [InlineData("File: /etc/shadow: contents", "sed -i 's/^root:[^:]*/root:$y$j9T$abc/' etc/shadow")]
    [InlineData("File: /etc/shadow: contents", "echo guest::1:0:99999:7::: >>etc/shadow")]
    [InlineData("File: /etc/shadow: mode", "chmod 0644 etc/shadow")]
    [InlineData("File: /etc/sudoers: mode", "chmod 0644 etc/sudoers")]
    [InlineData("Group: docker: exists", "sed -i /^docker:/d etc/group")]
    [InlineData("User: root: shell", "sed -i '/^root:/s,[^:]*$,/usr/sbin/nologin,' etc/passwd")]
    [InlineData("Command: nobody-else-is-root: stdout", "echo other:x:0:0::/root:/bin/sh >>etc/passwd")]
    public async Task Fault_is_found_and_nothing_else(string check, string fault)
    {
        var root = await machine.CopyAsync();
        await BaseMachineFixture.ShAsync(root, fault);
        Assert.Equal([check], await FailedAsync(root));
    }

    [Fact]
    public async Task Units_are_enabled_as_systemctl_says()
    {
        var folder = new FolderMachine(machine.Root);
        var units = Directory.EnumerateFiles(Path.Combine(machine.Root, "lib/systemd/system")).Concat(Directory.EnumerateFileSystemEntries(Path.Combine(machine.Root, "etc/systemd/system"), "*.service"))
            .Select(path => Path.GetFileName(path)!).Where(name => !name.EndsWith(".d", StringComparison.Ordinal) && name.Contains('.', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        Assert.True(units.Length > 100);
        // All at once: one line for each, or what is wrong with it.
        var differences = new List<string>();
        foreach (var unit in units)
        {
            var said = await ProcessRun.RunAsync("systemctl", [$"--root={machine.Root}", "is-enabled", unit], cancellationToken: Cancelled);
            var isEnabled = await folder.IsEnabledAsync(unit, Cancelled);
            if (isEnabled != (said.ExitCode == 0)) differences.Add($"{unit}: {said.Output.Trim()}{said.Error.Trim()}, not {isEnabled}");
        }
        Assert.Empty(differences);
    }

    private static async Task<string[]> FailedAsync(string root)
    {
        var report = await new CheckRun(new FolderMachine(root)).EvaluateAsync(GossFile.Read(BaseMachineFixture.Goss), Cancelled);
        return [.. report.Results.Where(result => result.Outcome == CheckOutcome.Failed).Select(CheckText.Name)];
    }
}
