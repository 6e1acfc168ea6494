// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>A machine with a real sshd, which is asked by shell commands alone.</summary>
public sealed class SshCheckTests(RunningMachine running) : IClassFixture<RunningMachine>
{
    private readonly TestMachine _machine = running.Machine;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_a_machine_tells()
    {
        await _machine.OutputAsync("""
            mkdir -p /srv/www && echo 'Hello from inside' >/srv/www/index.html && mkdir /srv/www/closed && echo 'Sesame' >/srv/www/closed/index.html
            echo '/closed:me:open"it' >/srv/httpd.conf && busybox httpd -p 127.0.0.1:8123 -h /srv/www -c /srv/httpd.conf
            ln -s index.html "/srv/www/it's a link" && printf 'a\0b' >/srv/binary && chmod 4751 /srv/binary && mkfifo /srv/pipe
            groupadd --gid 4242 crew && useradd --uid 4343 --gid crew --groups daemon --home-dir /srv --shell /bin/sh skipper
            """, Cancelled);
        var run = await CheckAsync("""
            package: { openssh-server: { installed: true, versions: { contain-element: { have-prefix: '1:9.' } } }, no-such-package: { installed: false } }
            service: { no-such-service: { enabled: false, running: false } }
            file:
              "/srv/www/it's a link": { exists: true, filetype: symlink, linked-to: index.html, contents: ['/^Hello/', '!Bye'] }
              /srv/binary: { exists: true, mode: '4751', size: 3, sha256: 59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138, owner: root }
              /srv/nothing: { exists: false, mode: '0644' }
            user: { skipper: { exists: true, uid: 4343, gid: 4242, home: /srv, shell: /bin/sh, groups: { consist-of: [crew, daemon] } } }
            group: { crew: { exists: true, gid: 4242 } }
            port:
              tcp:8123: { listening: true, ip: [127.0.0.1] }
              tcp:22: { listening: true, ip: { contain-element: 0.0.0.0 } }
              udp6:9: { listening: false }
            process: { sshd: { running: true }, no-such-process: { running: false } }
            kernel-param: { kernel.ostype: { value: Linux }, net.ipv4.ip_default_ttl: { value: { and: [ { gt: 1 }, { le: 255 } ] } } }
            mount: { /proc: { exists: true, filesystem: proc, opts: [rw] }, /run: { exists: true, usage: { lt: 100 } }, /srv: { exists: false } }
            http: { 'http://127.0.0.1:8123/': { status: 200, headers: ['Content-type: text/html'], body: [inside] }, 'http://127.0.0.1:8123/nothing': { status: 404 }, 'http://127.0.0.1:8123/closed/': { status: 401 }, again: { url: 'http://127.0.0.1:8123/closed/', status: 200, username: me, password: 'open"it', body: [Sesame] } }
            addr: { 'tcp://127.0.0.1:8123': { reachable: true, timeout: 2000 }, 'tcp://127.0.0.1:1': { reachable: false } }
            dns: { localhost: { resolvable: true, addrs: { or: [ [127.0.0.1], ['::1'] ] }, timeout: 5000 } }
            command:
              both: { exec: "echo out; echo err >&2; exit 3", exit-status: 3, stdout: [out, '!err'], stderr: "err\n" }
              lines: { exec: "seq 100000", exit-status: 0, stdout: ['/^99999$/'] }
              "it's quoted": { exec: "printf %s \"$HOME's\"", exit-status: 0, stdout: "/root's" }
            """);
        Assert.Equal([], Failed(run));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Command_that_hangs_is_ended_there_and_others_go_on()
    {
        var run = await CheckAsync("""
            command:
              hangs: { exec: "sleep 987", exit-status: 0, timeout: 300 }
              ignores: { exec: "trap '' TERM; sleep 986 & wait; sleep 986", exit-status: 0, timeout: 300 }
              leaves: { exec: "sleep 985 >/dev/null 2>&1 & echo left", exit-status: 0, stdout: "left\n", timeout: 5000 }
              floods: { exec: "cat /dev/zero", exit-status: 0, timeout: 60000 }
            """);
        Assert.Equal(["Command: hangs: exit-status", "Command: ignores: exit-status", "Command: floods: exit-status"], Failed(run));
        Assert.Contains("Command execution timed out (300ms)", run.Output, StringComparison.Ordinal);
        Assert.Contains("the command wrote more than 16777216 bytes", run.Output, StringComparison.Ordinal);
        // What outlived its end had a second more.
        await _machine.SshAsync("for i in $(seq 50); do pgrep -f 'sleep 98[67]' || exit 0; sleep 0.1; done", Cancelled);
        Assert.Equal("", await _machine.OutputAsync("pgrep -af 'sleep 98[7]$' | grep -v pgrep || true", Cancelled));
        await _machine.OutputAsync("pkill -f 'sleep 98[5]$' || true", Cancelled);
    }

    [Fact]
    public async Task Checks_are_repeated_until_they_pass()
    {
        await _machine.OutputAsync("(sleep 1.5; touch /srv/ready) >/dev/null 2>&1 &", Cancelled);
        var run = await CheckAsync("file: { /srv/ready: { exists: true } }", "--retry-timeout", "60s", "--sleep", "200ms");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var once = await CheckAsync("file: { /srv/never: { exists: true } }", "--retry-timeout", "3s", "--sleep", "100ms");
        Assert.Equal(7, once.ExitCode);
        Assert.Contains("1 of 1 failed: attempt #2 in 100ms", once.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_who_is_not_root_is_told_what_is_closed_and_may_use_sudo()
    {
        await _machine.OutputAsync("useradd --shell /bin/sh visitor && usermod --password '*' visitor && echo hidden >/srv/secret && chmod 600 /srv/secret", Cancelled);
        const string Goss = "file: { /srv/secret: { exists: true, contents: [hidden] } }";
        var closed = await CheckAsync(Goss, "--ssh-option", "User=visitor");
        Assert.Equal(["File: /srv/secret: contents"], Failed(closed));
        Assert.Contains("Permission denied", closed.Output, StringComparison.Ordinal);

        var refused = await CheckAsync(Goss, "--ssh-option", "User=visitor", "--sudo");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("hint: Allow it in /etc/sudoers.d", refused.Error, StringComparison.Ordinal);

        await _machine.OutputAsync("echo 'visitor ALL=(root) NOPASSWD: ALL' >/etc/sudoers.d/visitor", Cancelled);
        Assert.Equal(0, (await CheckAsync(Goss, "--ssh-option", "User=visitor", "--sudo")).ExitCode);
    }

    [Fact]
    public async Task Connection_that_is_lost_is_an_error_and_no_verdict()
    {
        var check = CheckAsync("command: { long: { exec: 'touch /srv/begun; sleep 60', exit-status: 0, timeout: 60000 } }");
        await _machine.SshAsync("for i in $(seq 300); do [ ! -e /srv/begun ] || exit 0; sleep 0.1; done", Cancelled);
        await _machine.SshAsync("pkill -f 'sshd: root'", Cancelled);
        var run = await check;
        Assert.Equal(6, run.ExitCode);
        Assert.StartsWith("error DRIFT3004: The connection to vm was lost", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    private async Task<ProcessRun> CheckAsync(string goss, params string[] options) =>
        await DriftTool.RunAsync(["machine", "check", TestMachine.Host, "--ssh-config", _machine.SshConfiguration, "--goss", running.Folder.Write($"{Guid.NewGuid():n}.yaml", goss), "--format", "json", .. options], Cancelled);

    private static string[] Failed(ProcessRun run)
    {
        if (run.Output.Length == 0) Assert.Fail(run.Error);
        return [.. JsonElement.Parse(run.Output).GetProperty("results").EnumerateArray().Where(result => !result.GetProperty("successful").GetBoolean())
            .Select(result => $"{result.GetProperty("resource-type")}: {result.GetProperty("resource-id")}: {result.GetProperty("property")}")];
    }
}
