// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>A build at Oracle: what is found out before, where it is built, and what is left.</summary>
public sealed class OracleBuildTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly PlayedPacker _packer;

    public OracleBuildTests() => _packer = new PlayedPacker(_folder);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Image_is_built_where_there_is_a_machine()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        cloud.Capacity["Uocm:UK-1-AD-1"] = new(["OUT_OF_HOST_CAPACITY"]);
        var run = (await RunAsync(cloud, """echo "==> $PKR_VAR_availability_domain"; printf '{"builds":[{"artifact_id":"ocid1.image.oc1..built"}]}' > "$PKR_VAR_manifest" """)).EnsureSuccess();
        Assert.Equal("ocid1.image.oc1..built\n", run.Output);
        Assert.Contains("Uocm:UK-1-AD-1: OUT_OF_HOST_CAPACITY", run.Error, StringComparison.Ordinal);
        Assert.Contains("==> Uocm:UK-1-AD-2", run.Error, StringComparison.Ordinal);
        var variables = await File.ReadAllTextAsync(_packer.Variables, Cancelled);
        Assert.All(["PKR_VAR_assign_public_ip=true", "PKR_VAR_image_name_prefix=drift-base", "PKR_VAR_skip_create_image=false", "PKR_VAR_with_tailscale=false", $"PKR_VAR_compartment_ocid={cloud.Build.Compartment}"], text => Assert.Contains(text, variables, StringComparison.Ordinal));
        Assert.DoesNotContain("BEGIN", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_domains_are_waited_for_within_bounds()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        cloud.Capacity["Uocm:UK-1-AD-1"] = new(["OUT_OF_HOST_CAPACITY"]);
        cloud.Capacity["Uocm:UK-1-AD-2"] = new(["OUT_OF_HOST_CAPACITY", "OUT_OF_HOST_CAPACITY", "AVAILABLE"]);
        var refused = await RunAsync(cloud, "exit 9");
        Assert.Equal(6, refused.ExitCode);
        Assert.Contains("No availability domain of uk-london-1 has a machine to spare: Uocm:UK-1-AD-1, Uocm:UK-1-AD-2.", refused.Error, StringComparison.Ordinal);
        (await RunAsync(cloud, "exit 0", "--patience", "1h", "--poll", "0s")).EnsureSuccess();
    }

    [Fact]
    public async Task Without_the_right_to_ask_for_capacity_it_is_tried()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        cloud.Capacity["Uocm:UK-1-AD-1"] = new(["REFUSED"]);
        Assert.Contains("Uocm:UK-1-AD-1: not known", (await RunAsync(cloud, "exit 0")).EnsureSuccess().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packer_is_ended_when_the_domain_is_full_after_all()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        // The real one would try for 17 minutes.
        var run = (await RunAsync(cloud, """[ "$PKR_VAR_availability_domain" = Uocm:UK-1-AD-2 ] || { echo "Error: Out of host capacity."; exec sleep 100; }""")).EnsureSuccess();
        Assert.Contains("build: in Uocm:UK-1-AD-2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Builder_is_terminated_when_packer_hangs_and_no_other_machine_is()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        cloud.AddInstance(tag: null);
        cloud.AddInstance("20990101T000000Z-working", cores: 0, memory: 0);
        cloud.AddInstance("20200101T000000Z-forgotten");
        cloud.AddInstance("somebody's own", cores: 0, memory: 0);
        var build = RunAsync(cloud, """echo "$PKR_VAR_builder_id" > "$0.tag"; trap 'sleep 2; exit 1' TERM; sleep 100 & wait""", "--timeout", "1s");
        while (!File.Exists(_folder.Combine("bin/packer.tag")) && !build.IsCompleted) await Task.Delay(20, Cancelled);
        Assert.DoesNotContain(cloud.Instances.Values, instance => ((string?)instance["freeformTags"]?["drift-builder"])?.EndsWith("forgotten", StringComparison.Ordinal) == true);
        cloud.AddInstance((await File.ReadAllTextAsync(_folder.Combine("bin/packer.tag"), Cancelled)).Trim());
        var run = await build;
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("was not done within", run.Error, StringComparison.Ordinal);
        Assert.Contains("Packer left it behind", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, cloud.Instances.Count);
    }

    [Theory]
    [InlineData("Error: 409 Conflict with another image operation", "Another image of the tenancy was being made")]
    [InlineData("Error: 400-LimitExceeded, standard-a1-core-count", "A service limit is reached")]
    [InlineData("Error: 400-QuotaExceeded, the quota of the compartment", "A quota of the tenancy forbids it")]
    [InlineData("Script exited with non-zero exit status: 1. Error", "Packer failed: Script exited")]
    public async Task What_packer_says_is_the_error(string said, string told)
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var run = await RunAsync(cloud, $"echo '{said}'; exit 1");
        Assert.Equal(6, run.ExitCode);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_work_is_told_before_packer_starts()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var market = cloud.AddImage(static image => image["listingType"] = "COMMUNITY");
        await AssertRefusedAsync("has no availability domain Uocm:UK-1-AD-9", 3, ("OCI_AVAILABILITY_DOMAIN", "Uocm:UK-1-AD-9"));
        await AssertRefusedAsync("The subnet allows no public addresses", 3, ("OCI_SUBNET_OCID", "ocid1.subnet.oc1..private"));
        await AssertRefusedAsync("comes from an image of the Marketplace", 3, ("OCI_BASE_IMAGE_OCID", market));
        await AssertRefusedAsync("OCI_SUBNET_OCID is not set", 3, ("OCI_SUBNET_OCID", null));
        await AssertRefusedAsync("has the fingerprint", 4, ("OCI_FINGERPRINT", "aa:bb"));
        cloud.VolumeGigabytes = 51;
        await AssertRefusedAsync("volumes of 151 GB; with the builder's 50 that is more than the 200 that are always free", 6);
        cloud.AddInstance(tag: null, cores: 2, memory: 12);
        await AssertRefusedAsync("that is more than the 2 and 12 that are always free", 6);

        async Task AssertRefusedAsync(string text, int exitCode, params (string Name, string? Value)[] changes)
        {
            var run = await RunAsync(cloud, "exit 9", changes, []);
            Assert.Contains(text, run.Error, StringComparison.Ordinal);
            Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
            Assert.Equal(exitCode, run.ExitCode);
            Assert.False(File.Exists(_packer.Variables));
        }
    }

    private Task<ProcessRun> RunAsync(ScriptedOracle cloud, string packer, params string[] options) => RunAsync(cloud, packer, [], options);

    private Task<ProcessRun> RunAsync(ScriptedOracle cloud, string packer, (string Name, string? Value)[] changes, string[] options)
    {
        _packer.Plays(packer);
        var variables = new Dictionary<string, string?>([.. cloud.Build.Variables("OCI_"), new("DRIFT_ORACLE_URL", cloud.Address)], StringComparer.Ordinal)
        {
            ["OCI_AVAILABILITY_DOMAIN"] = "Uocm:UK-1-AD-1",
            ["OCI_SUBNET_OCID"] = "ocid1.subnet.oc1..public",
            ["OCI_BASE_IMAGE_OCID"] = cloud.AddImage(),
            ["PATH"] = _packer.SearchPath,
        };
        foreach (var (name, value) in changes) variables[name] = value;
        return DriftTool.RunAsync(["machine", "build", "oracle", "--templates", ProjectRoot.Combine("packer"), .. options], Cancelled, variables);
    }
}
