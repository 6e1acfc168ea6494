// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The scripts that make an image of a machine.</summary>
[Collection(BaseMachineDefinition.Name)]
public sealed class ScriptTests(BaseMachineFixture machine) : IDisposable
{
    private static readonly string Scripts = ProjectRoot.Combine("packer", "scripts");
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scripts_have_no_finding_of_shellcheck() =>
        (await ProcessRun.RunAsync(Need.Program("shellcheck"), [.. Directory.GetFiles(Scripts, "*.sh"), ProjectRoot.Combine("eng", "machine-root")], cancellationToken: Cancelled)).EnsureSuccess();

    [Fact]
    public async Task Hardening_again_changes_nothing()
    {
        var root = await machine.CopyAsync();
        const string List = "cd etc && find . -xdev -path ./ld.so.cache -prune -o -printf '%p %m %u %g %l\\n' -type f -exec sha256sum {} + | sort";
        var before = await BaseMachineFixture.ShAsync(root, List);
        // Without the way to Debian's servers, which the packages have taken already.
        await BaseMachineFixture.ShAsync(root, """
            printf '#!/bin/sh\necho "$*" >>/apt.log\n' >usr/local/bin/apt-get && chmod 755 usr/local/bin/apt-get
            sed 's,PATH=/usr/sbin,PATH=/usr/local/bin:/usr/sbin,' "$0" >harden.sh
            chroot . sh /harden.sh
            """.Replace("\"$0\"", $"'{Scripts}/harden.sh'", StringComparison.Ordinal));
        Assert.Equal(before, await BaseMachineFixture.ShAsync(root, List));
        var apt = await File.ReadAllTextAsync(Path.Combine(root, "apt.log"), Cancelled);
        Assert.Contains("DPkg::Lock::Timeout=300", apt, StringComparison.Ordinal);
        Assert.DoesNotContain("tailscale", apt, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(root, "usr/sbin/policy-rc.d")));
    }

    [Fact]
    public async Task Another_system_is_refused()
    {
        var root = await machine.CopyAsync();
        await BaseMachineFixture.ShAsync(root, $"cp '{Scripts}/harden.sh' harden.sh && rm etc/os-release && echo VERSION_CODENAME=trixie >etc/os-release");
        var run = await ProcessRun.RunAsync("chroot", [root, "/bin/sh", "/harden.sh"], cancellationToken: Cancelled);
        Assert.Equal((1, "harden: this is not Debian 12 (bookworm)\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Sealed_machine_is_nobody_and_passes_still()
    {
        var root = await machine.CopyAsync();
        await BaseMachineFixture.ShAsync(root, $"""
            cp '{Scripts}/seal.sh' seal.sh
            echo 0123456789abcdef0123456789abcdef >etc/machine-id
            mkdir -p root/.ssh home/admin/.ssh var/lib/tailscale var/lib/docker/image var/log/journal/x
            for file in root/.ssh/authorized_keys home/admin/.bash_history var/lib/tailscale/tailscaled.state var/log/auth.log var/log/auth.log.1 var/log/journal/x/system.journal var/lib/apt/lists/x; do echo secret >$file; done
            chroot . sh /seal.sh
            chroot . sh /seal.sh
            """);
        Assert.Equal("", await BaseMachineFixture.ShAsync(root, "cat etc/machine-id; ls etc/ssh | grep ssh_host || true; grep -rl secret root home var/lib/tailscale var/log var/lib/apt || true; find var/log -type f -size +0; ls var/lib/cloud/instance 2>/dev/null || true"));
        Assert.True(Directory.Exists(Path.Combine(root, "var/lib/tailscale")));
        var report = await new CheckRun(new FolderMachine(root)).EvaluateAsync(GossFile.Read(BaseMachineFixture.Goss), Cancelled);
        Assert.Equal([], report.Results.Where(result => result.Outcome == CheckOutcome.Failed).Select(CheckText.Name));
    }

    [Fact]
    public async Task Goss_runs_when_its_checksum_is_the_pinned_one()
    {
        var goss = _folder.Write("base.goss.yaml", "file: { /: { exists: true } }");
        var (architecture, asset) = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? ("aarch64", "goss_0.4.10_linux_arm64.tar.gz") : ("x86_64", "goss_0.4.10_linux_x86_64.tar.gz");
        _folder.Write("release/goss", "#!/bin/sh\necho \"goss $*\"\nexit 5\n");
        await BaseMachineFixture.ShAsync(_folder.Path, $"chmod 755 release/goss && tar -C release -czf release/{asset} goss");
        var sum = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(_folder.Combine($"release/{asset}"), Cancelled)));

        // The one of the repository is of another file.
        var other = await GossAsync(goss, ProjectRoot.Combine("packer", "scripts", "goss.sha256"));
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains($"run-goss: {asset} is not what was pinned", other.Error, StringComparison.Ordinal);
        Assert.Equal("", other.Output.Replace($"{asset}: FAILED\n", "", StringComparison.Ordinal));

        var none = await GossAsync(goss, _folder.Write("none.sha256", ""));
        Assert.Contains($"has no checksum of {asset}: add the line", none.Error, StringComparison.Ordinal);
        Assert.Contains("is not there: upload it", (await GossAsync(goss, _folder.Combine("nothing"))).Error, StringComparison.Ordinal);

        var right = await GossAsync(goss, _folder.Write("right.sha256", $"{sum}  {asset}\n"));
        Assert.Equal((5, $"goss --gossfile {goss} validate --retry-timeout 60s --sleep 2s --format documentation --no-color\n"), (right.ExitCode, right.Output));
        Assert.NotEmpty(architecture);
    }

    [Fact]
    public async Task Goss_is_not_needed_where_the_tool_is()
    {
        var goss = _folder.Write("base.goss.yaml", "file: { /: { exists: true } }");
        _folder.Write("bin/drift", "#!/bin/sh\necho \"drift $*\"\n");
        await BaseMachineFixture.ShAsync(_folder.Path, "chmod 755 bin/drift");
        var run = await ProcessRun.RunAsync("sh", [Path.Combine(Scripts, "run-goss.sh"), goss], environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = _folder.Combine("bin") + ":/usr/bin:/bin" }, cancellationToken: Cancelled);
        Assert.Equal($"drift machine check / --goss {goss} --retry-timeout 60s --sleep 2s\n", run.EnsureSuccess().Output);
    }

    // curl takes files, too, when it is allowed to: a copy of the script is.
    private Task<ProcessRun> GossAsync(string goss, string sums)
    {
        var script = _folder.Write("run-goss.sh", File.ReadAllText(Path.Combine(Scripts, "run-goss.sh")).Replace("--proto '=https'", "--proto '=file'", StringComparison.Ordinal));
        return ProcessRun.RunAsync("sh", [script, goss], environment: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/bin:/bin", ["GOSS_SUMS"] = sums, ["GOSS_URL"] = new Uri(_folder.Combine("release")).AbsoluteUri,
        }, cancellationToken: Cancelled);
    }
}
