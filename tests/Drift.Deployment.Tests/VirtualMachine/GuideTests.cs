// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.RegularExpressions;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>Every command of docs/vm.md, in its order, on a machine that has what Debian installs.</summary>
public sealed partial class GuideTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_of_the_guide_work()
    {
        var guide = await File.ReadAllTextAsync(ProjectRoot.Combine("docs", "vm.md"), Cancelled);
        var blocks = Blocks().Matches(guide).Select(block => block.Groups["commands"].Value).ToArray();
        Assert.True(blocks.Length > 5);
        using var folder = new TemporaryDirectory();
        await using var machine = await TestMachine.StartAsync(Cancelled);
        await using var registry = await DriftTool.ServeRegistryAsync(folder.Combine("registry"), Cancelled, "--listen", machine.Neighbour, "--open");
        var programs = Directory.CreateDirectory(folder.Combine("bin")).FullName;
        // What the guide's reader has in ~/.ssh/config and in PATH.
        folder.WriteProgram("bin/ssh", $"#!/bin/sh\nexec {Need.Program("ssh")} -F {machine.SshConfiguration} \"$@\"\n");
        folder.WriteProgram("bin/drift", $"#!/bin/sh\nexec dotnet {ProjectRoot.Combine("artifacts", "tool", "drift.dll")} \"$@\" --insecure {registry.Address}\n");
        // What is installed on a machine of the test is installed: of others no package would come.
        (await machine.SshAsync("""
            install -m 755 /dev/stdin /usr/local/bin/apt-get <<'stop'
            #!/bin/sh
            for word do case $word in update | install | -*) ;; *) dpkg -s "$word" >/dev/null || exit ;; esac; done
            stop
            printf '#!/bin/sh\n[ "$*" = "enable --now nftables" ] && exec nft -f /etc/nftables.conf\n' | install -m 755 /dev/stdin /usr/local/bin/systemctl
            printf '#!/usr/sbin/nft -f\n\nflush ruleset\n' > /etc/nftables.conf
            """, Cancelled)).EnsureSuccess();
        foreach (var block in blocks)
        {
            var commands = block.Replace("vm.example.com", TestMachine.Host, StringComparison.Ordinal).Replace("ghcr.io/me", registry.Address + "/guide", StringComparison.Ordinal);
            var run = await ProcessRun.RunAsync("bash", ["-euxo", "pipefail", "-c", commands], timeout: TimeSpan.FromMinutes(5), workingDirectory: folder.Path,
                environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}", ["HOME"] = folder.Path }, cancellationToken: Cancelled);
            Assert.True(run.ExitCode == 0, $"{run.Output}{run.Error}");
        }
        using var client = new HttpClient { BaseAddress = new Uri($"http://{machine.Address}/") };
        Assert.Equal("<h1>Hello again</h1>\n", await client.GetStringAsync("", Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Script_that_runs_as_root_is_sound()
    {
        using var folder = new TemporaryDirectory();
        var script = folder.Write("drift-switch", SwitchScript.Text);
        (await ProcessRun.RunAsync(Need.Program("shellcheck"), ["--shell", "sh", script], cancellationToken: Cancelled)).EnsureSuccess();
    }

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blocks();
}
