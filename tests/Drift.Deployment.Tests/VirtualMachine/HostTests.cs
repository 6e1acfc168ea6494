// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>Machines that lack something, and what the commands for them show.</summary>
public sealed class HostTests(MachineFixture machines) : MachineTest(machines)
{
    [Fact]
    public async Task Without_docker_the_error_says_so()
    {
        await WithoutAsync("docker", () => AssertDeployFailsAsync(3, "Docker is not installed on vm", "one"));
    }

    [Fact]
    public async Task Docker_that_does_not_run_or_may_not_be_spoken_to_is_said_so()
    {
        var user = "d" + App;
        await Machine.OutputAsync($"useradd --shell /bin/sh {user} && usermod --password '*' {user}", Cancelled);
        await AssertDeployFailsAsync(3, "may not speak to Docker", "one", "--ssh-option", $"User={user}");
        await Machine.OutputAsync("mv /run/docker.sock /run/docker.away", Cancelled);
        await AssertDeployFailsAsync(3, "Docker does not run on vm", "one");
        await Machine.OutputAsync("mv /run/docker.away /run/docker.sock", Cancelled);
    }

    [Fact]
    public async Task Private_repository_is_opened_to_the_machine_for_one_pull()
    {
        var users = Machines.Folder.Combine("users-" + App);
        (await DriftTool.RunAsync(["registry", "passwd", users, "me"], Cancelled, input: "open sesame")).EnsureSuccess();
        await using var registry = await DriftTool.ServeRegistryAsync(Machines.Folder.Combine("private-" + App), Cancelled, "--listen", Machine.Neighbour, "--htpasswd", users);
        var reference = $"{registry.Address}/private:1";
        var login = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DRIFT_REGISTRY"] = registry.Address, ["DRIFT_USERNAME"] = "me", ["DRIFT_PASSWORD"] = "open sesame" };
        await DriftTool.JsonAsync(["build", Machines.Site("one"), "--output", reference, "--insecure", registry.Address], Cancelled, login);
        string[] deploy = ["deploy", "vm", TestMachine.Host, "--ssh-config", Machine.SshConfiguration, "--name", App, "--image", reference, "--port", $"{Port}", "--watch", "0s", "--insecure", registry.Address];
        await DriftTool.JsonAsync(deploy, Cancelled, login);
        await AssertAnswersAsync("one");
        Assert.Equal("", await Machine.OutputAsync("cat ~/.docker/config.json 2>/dev/null || true", Cancelled));
        Assert.Equal(4, (await DriftTool.RunAsync(deploy, Cancelled)).ExitCode);
    }

    [Fact]
    public async Task Docker_that_is_too_old_is_refused()
    {
        const string Old = """
            #!/bin/sh
            # An engine of another time: it answers the first request.
            while IFS= read -r line && [ "$line" != "$(printf '\r')" ]; do :; done
            body='{"Version":"19.03.1","ApiVersion":"1.40","Arch":"amd64","Os":"linux"}'
            printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "${#body}" "$body"
            """;
        await WithoutAsync("docker", async () =>
        {
            (await Machine.SshAsync("mkdir -p /usr/local/bin && cat > /usr/local/bin/docker && chmod 755 /usr/local/bin/docker", Cancelled, Old)).EnsureSuccess();
            await AssertDeployFailsAsync(3, "Docker 19.03.1 of vm is too old", "one");
            await Machine.OutputAsync("rm /usr/local/bin/docker", Cancelled);
        });
    }

    [Fact]
    public async Task Without_nft_there_is_a_mode_with_a_gap()
    {
        await WithoutAsync("nft", async () =>
        {
            var error = await AssertDeployFailsAsync(3, "has no nft", "one");
            Assert.Contains("--mode replace", error, StringComparison.Ordinal);

            var first = (await DriftTool.RunAsync(Deployment("one", "--mode", "replace"), Cancelled)).EnsureSuccess();
            Assert.Contains("nothing answers", first.Error, StringComparison.Ordinal);
            await AssertAnswersAsync("one");
            await DeployAsync("two");
            await AssertAnswersAsync("two");
            await AssertDeployFailsAsync(7, "ended with exit code 3", "broken");
            await AssertAnswersAsync("two");
            Assert.True((await StatusAsync()).GetProperty("isWell").GetBoolean());
            await DriftTool.JsonAsync(["rollback", "vm", .. Target, "--watch", "1s"], Cancelled);
            await AssertAnswersAsync("one");
        });
    }

    [Fact]
    public async Task Full_disk_leaves_the_old_version_alone()
    {
        await DeployAsync("one");
        await using var load = Load("one");
        try
        {
            // Room for notes, and none for an image; this one no other test has brought here.
            await Machine.OutputAsync("fallocate -l $(($(df --output=avail -k /var/lib/docker | tail -n 1) - 8192))K /var/lib/docker/filler", Cancelled);
            await AssertDeployFailsAsync(3, "MiB of free space", "four");
            // Not even for notes.
            await Machine.SshAsync("cat /dev/zero > /var/lib/docker/filler2", Cancelled);
            await AssertDeployFailsAsync(3, "cannot be written", "two");
        }
        finally
        {
            await Machine.OutputAsync("rm -f /var/lib/docker/filler /var/lib/docker/filler2", Cancelled);
        }
        await load.AssertNothingLostAsync();
        Assert.Equal("deployed", (await DeployAsync("two")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task User_with_one_right_is_enough()
    {
        var user = "u" + App;
        await Machine.OutputAsync($"useradd --create-home --shell /bin/bash {user} && usermod --password '*' {user} && chgrp {user} /run/docker.sock", Cancelled);
        await AssertDeployFailsAsync(3, "Root is needed", "one", "--ssh-option", $"User={user}");

        var script = (await DriftTool.RunAsync(["deploy", "script"], Cancelled)).EnsureSuccess().Output;
        (await Machine.SshAsync($"install -m 755 /dev/stdin /usr/local/sbin/drift-switch && echo '{user} ALL=(root) NOPASSWD: /usr/local/sbin/drift-switch' > /etc/sudoers.d/drift && chmod 440 /etc/sudoers.d/drift", Cancelled, script)).EnsureSuccess();
        await DeployAsync("one", "--ssh-option", $"User={user}");
        await AssertAnswersAsync("one");
        await Machine.OutputAsync("rm /usr/local/sbin/drift-switch /etc/sudoers.d/drift; chgrp root /run/docker.sock", Cancelled);
    }

    [Fact]
    public async Task Image_is_sent_over_the_connection()
    {
        var first = (await DriftTool.JsonAsync(["deploy", "vm", .. Target, "--no-registry", Machines.Site("one"), "--port", $"{Port}", "--watch", "0s"], Cancelled)).GetProperty("hosts")[0];
        Assert.Equal("deployed", first.GetProperty("outcome").GetString());
        await AssertAnswersAsync("one");
        var layout = $"oci:{Machines.Folder.Combine("sent-" + App)}:two";
        await DriftTool.JsonAsync(["build", Machines.Site("two"), "--output", layout], Cancelled);
        await DriftTool.JsonAsync(["deploy", "vm", .. Target, "--no-registry", layout, "--watch", "0s", "--drain", "0s"], Cancelled);
        await AssertAnswersAsync("two");
        await DriftTool.JsonAsync(["rollback", "vm", .. Target, "--watch", "0s", "--drain", "0s"], Cancelled);
        await AssertAnswersAsync("one");
    }

    [Fact]
    public async Task Dry_run_changes_nothing()
    {
        Assert.Equal("planned", (await DeployAsync("one", "--dry-run")).GetProperty("outcome").GetString());
        Assert.Equal("", await RunningAsync());
        Assert.NotEqual(0, (await Machine.SshAsync($"ls /var/lib/drift/{App}", Cancelled)).ExitCode);
    }

    [Fact]
    public async Task Log_is_shown_without_what_moves_a_cursor()
    {
        await DeployAsync("slow");
        var run = (await DriftTool.RunAsync(["logs", "vm", .. Target], Cancelled)).EnsureSuccess();
        Assert.Contains("warming ?[2Jup\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("", (await DriftTool.RunAsync(["logs", "vm", .. Target, "--tail", "0"], Cancelled)).EnsureSuccess().Output);
    }

    [Fact]
    public async Task Log_is_followed_until_it_is_interrupted()
    {
        await DeployAsync("one", "--env", "DRIFT_LOG=on");
        await using var logs = DriftTool.Start(["logs", "vm", .. Target, "--follow", "--tail", "0"]);
        var line = logs.ReadLineAsync("\"target\":\"/\"", Cancelled);
        // What was asked before it listens is not shown.
        while (!line.IsCompleted)
        {
            await AssertAnswersAsync("one");
            await Task.Delay(200, Cancelled);
        }
        Assert.Contains("\"status\":200", await line, StringComparison.Ordinal);
        Assert.Equal(130, await logs.StopAsync("INT", Cancelled));
    }

    [Fact]
    public async Task Second_application_has_ports_of_its_own_and_the_front_port_has_one_owner()
    {
        await DeployAsync("one");
        string[] other = ["deploy", "vm", TestMachine.Host, "--ssh-config", Machine.SshConfiguration, "--insecure", Machines.Registry, "--name", App + "-b", "--image", Machines.Reference("two"), "--watch", "0s"];
        var taken = await DriftTool.RunAsync([.. other, "--port", $"{Port}"], Cancelled);
        Assert.Equal(3, taken.ExitCode);
        Assert.Contains("belongs to another application", taken.Error, StringComparison.Ordinal);
        await DriftTool.JsonAsync([.. other, "--port", $"{Machines.NewPort()}"], Cancelled);
        await AssertAnswersAsync("one");
    }

    // Takes a program away from the machine, wherever it is, and puts it back.
    private async Task WithoutAsync(string program, Func<Task> test)
    {
        var paths = (await Machine.OutputAsync($"which -a {program} /usr/sbin/{program} | sort -u | xargs -r realpath | sort -u", Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await Machine.OutputAsync(string.Join(" && ", paths.Select(path => $"mv {path} {path}.away")), Cancelled);
        try
        {
            await test();
        }
        finally
        {
            await Machine.OutputAsync(string.Join(" && ", paths.Select(path => $"mv {path}.away {path}")), Cancelled);
        }
    }
}
