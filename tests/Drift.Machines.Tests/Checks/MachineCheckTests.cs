// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The command line of <c>drift machine check</c>.</summary>
public sealed class MachineCheckTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_cannot_be_done_is_told()
    {
        var goss = _folder.Write("goss.yaml", "file: { /etc: { exists: true } }\nkernel-param: { kernel.ostype: { value: Linux } }");
        _folder.Write("empty/x", "");
        await DriftTool.AssertFailsAsync($"machine check / --goss {_folder.Path}/nothing.yaml", 3, "DRIFT1002", Cancelled);
        await DriftTool.AssertFailsAsync($"machine check /nothing/here --goss {goss}", 3, "DRIFT1002", Cancelled);
        await DriftTool.AssertFailsAsync($"machine check {_folder.Path}/empty --goss {goss}", 3, "DRIFT1003", Cancelled);
        await DriftTool.AssertFailsAsync($"machine check / --sudo --goss {goss}", 3, "DRIFT1007", Cancelled);
        await DriftTool.AssertFailsAsync($"machine check -x --goss {goss}", 3, "DRIFT1001", Cancelled);
        await DriftTool.AssertFailsAsync($"machine check / --goss {goss} --only service", 3, "DRIFT1008", Cancelled);
        await DriftTool.AssertFailsAsync($"machine check / --goss {_folder.Write("bad.yaml", "fil: {}")}", 3, "DRIFT1012", Cancelled);
        var refused = await DriftTool.RunAsync(["machine", "check", "/", "--goss", goss, "--sleep", "soon"], Cancelled);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("'soon' is not a time", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task This_machine_is_a_machine()
    {
        var goss = _folder.Write("goss.yaml", "file: { /etc/passwd: { exists: true, contents: ['/^root:/'] } }\nkernel-param: { kernel.ostype: { value: Linux } }\ncommand: { 'exit 4': { exit-status: 4 } }");
        var run = (await DriftTool.RunAsync(["machine", "check", "/", "--goss", goss], Cancelled)).EnsureSuccess();
        Assert.EndsWith("\nCount: 4, Failed: 0, Skipped: 0\n", run.Output, StringComparison.Ordinal);
        var one = (await DriftTool.RunAsync(["machine", "check", "/", "--goss", goss, "--only", "file:/etc/passwd", "--only", "command"], Cancelled)).EnsureSuccess();
        Assert.EndsWith("\nCount: 3, Failed: 0, Skipped: 0\n", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_machine_prints_moves_no_cursor()
    {
        var goss = _folder.Write("goss.yaml", "command: { 'printf \"\\\\033[2Jx\"': { exit-status: 0, stdout: y } }");
        var run = await DriftTool.RunAsync(["machine", "check", "/", "--goss", goss], Cancelled);
        Assert.Equal(7, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Host_that_says_nothing_is_given_up()
    {
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        var goss = _folder.Write("goss.yaml", "file: { /etc: { exists: true } }");
        var run = await DriftTool.RunAsync(["machine", "check", $"ssh://127.0.0.1:{port}", "--goss", goss, "--timeout", "500ms"], Cancelled);
        Assert.Equal(7, run.ExitCode);
        Assert.Contains("did not end in 500ms", run.Error, StringComparison.Ordinal);
        silent.Stop();
        Assert.Equal(6, (await DriftTool.RunAsync(["machine", "check", $"ssh://127.0.0.1:{port}", "--goss", goss], Cancelled)).ExitCode);
    }
}
