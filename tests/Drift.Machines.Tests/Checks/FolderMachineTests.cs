// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>A folder as a machine: nothing that is in it leads out of it.</summary>
[Collection(BaseMachineDefinition.Name)]
public sealed class FolderMachineTests(BaseMachineFixture machine) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Links_lead_where_they_would_lead_there()
    {
        _folder.Write("secret", "outside");
        _folder.Write("root/secret", "inside");
        var root = _folder.Combine("root");
        _folder.Write("root/etc/real/file", "real");
        foreach (var (link, target) in new[] { ("up", "../../../secret"), ("whole", "/secret"), ("etc/folder", "real"), ("etc/round", "round"), ("etc/gone", "nothing/at/all"), ("kernel", "/proc") }) File.CreateSymbolicLink(Path.Combine(root, link), target);
        var folder = new FolderMachine(root);
        foreach (var path in new[] { "/up", "/whole", "/../../secret", "/etc/folder/../../secret" }) Assert.Equal("inside"u8.ToArray(), await folder.ReadAsync(path, Cancelled));
        Assert.Equal("real"u8.ToArray(), await folder.ReadAsync("/etc/folder/file", Cancelled));
        Assert.Null(await folder.ReadAsync("/etc/gone", Cancelled));
        Assert.Null(await folder.ReadAsync("/kernel/version", Cancelled));
        Assert.Null(await folder.ReadAsync("/secret/below", Cancelled));
        Assert.Contains("too many levels", (await Assert.ThrowsAsync<CheckException>(() => folder.ReadAsync("/etc/round", Cancelled))).Message, StringComparison.Ordinal);
        Assert.Equal("../../../secret", (await folder.StatAsync("/up", Cancelled))!.LinkTarget);
    }

    [Fact]
    public async Task What_is_no_file_is_not_read()
    {
        (await ProcessRun.RunAsync("mkfifo", [_folder.Combine("pipe")], cancellationToken: Cancelled)).EnsureSuccess();
        var folder = new FolderMachine(_folder.Path);
        await Assert.ThrowsAsync<CheckException>(() => folder.ReadAsync("/pipe", Cancelled));
        await Assert.ThrowsAsync<CheckException>(() => folder.DigestAsync("/pipe", "sha256", Cancelled));
        Assert.Equal("pipe", (await folder.StatAsync("/pipe", Cancelled))!.Type);
    }

    [Fact]
    public async Task Commands_change_nothing_and_reach_nobody()
    {
        var folder = new FolderMachine(await machine.CopyAsync());
        var limit = TimeSpan.FromSeconds(20);
        Assert.Contains("Read-only file system", (await folder.RunAsync("echo x >/etc/changed", limit, Cancelled)).Error, StringComparison.Ordinal);
        Assert.Equal("ok\n", (await folder.RunAsync("echo ok >/tmp/x && echo ok >/run/x && cat /tmp/x && echo no >/dev/null", limit, Cancelled)).Text);
        Assert.Equal("lo\n", (await folder.RunAsync("ls /sys/class/net 2>/dev/null || sed -n 's/^ *\\([a-z0-9]*\\):.*/\\1/p' /proc/net/dev", limit, Cancelled)).Text);
        // Its own processes alone.
        Assert.True((await folder.RunAsync("ls -d /proc/[0-9]* | wc -l", limit, Cancelled)).Text.Trim().Length == 1);
        Assert.Equal("/root bookworm\n", (await folder.RunAsync(". /etc/os-release; echo \"$HOME $VERSION_CODENAME\"", limit, Cancelled)).Text);
    }

    [Fact]
    public async Task Command_that_hangs_is_ended_with_all_that_it_started()
    {
        var folder = new FolderMachine(await machine.CopyAsync());
        var error = await Assert.ThrowsAsync<CheckException>(() => folder.RunAsync("sleep 977 & sleep 978", TimeSpan.FromMilliseconds(300), Cancelled));
        Assert.Equal("Command execution timed out (300ms)", error.Message);
        for (var i = 0; i < 100 && (await ProcessRun.RunAsync("pgrep", ["-f", "^sleep 97[78]$"], cancellationToken: Cancelled)).ExitCode == 0; i++) await Task.Delay(50, Cancelled);
        Assert.Equal(1, (await ProcessRun.RunAsync("pgrep", ["-f", "^sleep 97[78]$"], cancellationToken: Cancelled)).ExitCode);
    }
}
