// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>A build at AWS: what is found out before, what is passed on, and what is left.</summary>
public sealed class AwsBuildTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly PlayedPacker _packer;

    public AwsBuildTests() => _packer = new PlayedPacker(_folder);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Image_is_built_and_forgotten_builders_are_terminated()
    {
        await using var cloud = await StartedAsync();
        cloud.Instances["i-old"] = "20200101T000000Z-old";
        cloud.Instances["i-working"] = "20990101T000000Z-working";
        var run = (await RunAsync(cloud, """cat "$PKR_VAR_ssh_private_key_file"; stat --format %a "$PKR_VAR_ssh_private_key_file"; printf '{"builds":[{"artifact_id":"eu-west-1:ami-0feed"}]}' > "$PKR_VAR_manifest" """)).EnsureSuccess();
        Assert.Equal("ami-0feed\n", run.Output);
        Assert.Contains("| a key\n  | 400\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(["i-working"], cloud.Instances.Keys);
        var variables = await File.ReadAllTextAsync(_packer.Variables, Cancelled);
        Assert.All(["PKR_VAR_region=eu-west-1", $"PKR_VAR_source_ami={ScriptedAws.Image}", "PKR_VAR_instance_type=t4g.small", "PKR_VAR_ssh_username=admin", "PKR_VAR_with_tailscale=true"], text => Assert.Contains(text, variables, StringComparison.Ordinal));
        Assert.DoesNotContain("tskey", variables, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_work_or_fails_is_told()
    {
        await using var cloud = await StartedAsync();
        await AssertFailsAsync("echo 'Error launching: InsufficientInstanceCapacity'; sleep 60", "has no machine to spare");
        cloud.Architecture = "x86_64";
        await AssertFailsAsync("exit 0", "not for arm64");
        await AssertFailsAsync("exit 0", "has no plugins.pkr.hcl", "--templates", _folder.Path);

        async Task AssertFailsAsync(string packer, string text, params string[] options)
        {
            var run = await RunAsync(cloud, packer, options);
            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains(text, run.Error, StringComparison.Ordinal);
            Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
        }
    }

    private async Task<ScriptedAws> StartedAsync() => await ScriptedAws.StartedAsync(_folder.Write("disk", ""));

    private Task<ProcessRun> RunAsync(ScriptedAws cloud, string packer, params string[] options)
    {
        _packer.Plays(packer);
        string[] templates = options.Contains("--templates") ? [] : ["--templates", ProjectRoot.Combine("packer")];
        return DriftTool.RunAsync(["machine", "build", "aws", "--instance-type", "t4g.small", .. templates, .. options], Cancelled, new Dictionary<string, string?>(cloud.Variables, StringComparer.Ordinal)
        {
            ["AWS_SOURCE_AMI"] = ScriptedAws.Image,
            ["AWS_SSH_USERNAME"] = "admin",
            ["AWS_SSH_PRIVATE_KEY"] = "a key",
            ["TAILSCALE_AUTH_KEY"] = "tskey-x",
            ["PATH"] = _packer.SearchPath,
        });
    }
}
