// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>An image goes from one tenancy to another, whatever happens on the way, and nothing else is left.</summary>
public sealed class OracleCopyTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Image_is_copied_and_nothing_else_is_left()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        var run = (await RunAsync(cloud, image)).EnsureSuccess();
        AssertCopied(cloud, image, run.Output.Trim());
        Assert.Contains("90 % exported", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(cloud.Secrets, secret => (run.Output + run.Error).Contains(secret, StringComparison.Ordinal));
        // The same again finds it.
        Assert.Equal(run.Output, (await RunAsync(cloud, image)).EnsureSuccess().Output);
        AssertCopied(cloud, image, run.Output.Trim());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_any_request_it_goes_on(bool isDone)
    {
        int requests;
        await using (var cloud = await ScriptedOracle.StartedAsync())
        {
            (await RunAsync(cloud, cloud.AddImage())).EnsureSuccess();
            requests = cloud.Requests.Count;
        }
        Assert.InRange(requests, 15, 60);
        for (var number = 1; number <= requests; number++)
        {
            await using var cloud = await ScriptedOracle.StartedAsync();
            var image = cloud.AddImage();
            await using (var drift = DriftTool.Start(Arguments(image), cloud.Variables()))
            {
                cloud.Kill = () => System.Diagnostics.Process.GetProcessById(drift.Id).Kill();
                cloud.Fault = (_, request) => request == number ? isDone ? CloudFault.KilledAfter : CloudFault.KilledBefore : CloudFault.None;
                await drift.Error;
            }
            cloud.Fault = static (_, _) => CloudFault.None;
            var run = await RunAsync(cloud, image);
            Assert.True(run.ExitCode == 0, $"killed at {number}, {cloud.Requests.ElementAt(number - 1)}:\n{run.Error}");
            AssertCopied(cloud, image, run.Output.Trim());
        }
    }

    [Fact]
    public async Task Answers_that_are_lost_and_a_busy_cloud_are_gone_through()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        cloud.Unseen = 2;
        cloud.Fault = static (line, request) => line.Contains("/p/", StringComparison.Ordinal) && line.StartsWith("POST", StringComparison.Ordinal) ? CloudFault.None : (request % 4) switch { 1 => CloudFault.Busy, 2 => CloudFault.LosesAnswer, _ => CloudFault.None };
        AssertCopied(cloud, image, (await RunAsync(cloud, image)).EnsureSuccess().Output.Trim());
    }

    [Fact]
    public async Task Export_that_fails_leaves_nothing_and_is_begun_anew()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        cloud.ExportProblem = "the bucket is gone";
        var run = await RunAsync(cloud, image);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("could not export", run.Error, StringComparison.Ordinal);
        Assert.Contains("the bucket is gone", run.Error, StringComparison.Ordinal);
        AssertNothingLeft(cloud);
        cloud.ExportProblem = null;
        AssertCopied(cloud, image, (await RunAsync(cloud, image)).EnsureSuccess().Output.Trim());
        Assert.Equal(2, cloud.Requests.Count(line => line.EndsWith("/actions/export", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_that_fails_leaves_no_image_and_no_link(bool keeps)
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        cloud.ImportProblem = "No valid disk at https://objectstorage.example/p/SECRET/n/space";
        var run = await RunAsync(cloud, image, keeps ? ["--keep"] : []);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("could not import", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", run.Error, StringComparison.Ordinal);
        Assert.Single(cloud.Images);
        Assert.Empty(cloud.Links);
        Assert.Equal(keeps ? 1 : 0, cloud.Objects.Count);
        cloud.ImportProblem = null;
        AssertCopied(cloud, image, (await RunAsync(cloud, image)).EnsureSuccess().Output.Trim());
        Assert.Equal(keeps ? 1 : 2, cloud.Requests.Count(line => line.EndsWith("/actions/export", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Interrupted_copy_keeps_no_link_and_abort_removes_the_rest()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        await using (var drift = DriftTool.Start(Arguments(image), cloud.Variables()))
        {
            // The import has begun.
            while (cloud.Images.Count < 2 && !drift.HasExited) await Task.Delay(10, Cancelled);
            Assert.Equal(130, await drift.StopAsync("INT", Cancelled));
        }
        Assert.Empty(cloud.Links);
        Assert.Single(cloud.Objects);
        (await RunAsync(cloud, image, "--abort")).EnsureSuccess();
        AssertNothingLeft(cloud);
        Assert.Empty(Directory.GetFiles(_folder.Combine("journal")));
    }

    [Fact]
    public async Task Dry_run_prints_every_call_and_changes_nothing()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        var plan = JsonElement.Parse((await RunAsync(cloud, image, "--dry-run", "--json")).EnsureSuccess().Output).GetProperty("calls").EnumerateArray().Select(call => $"{call.GetProperty("method")} {new Uri(call.GetProperty("url").GetString()!).AbsolutePath}").ToArray();
        Assert.All(cloud.Requests, line => Assert.StartsWith("GET ", line, StringComparison.Ordinal));
        var before = cloud.Requests.Count;
        (await RunAsync(cloud, image)).EnsureSuccess();
        // Every call that changes something is in the plan, in its order.
        var changes = cloud.Requests.Skip(before).Where(line => !line.StartsWith("GET ", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).ToArray();
        Assert.Equal(changes, plan.Where(call => !call.StartsWith("GET ", StringComparison.Ordinal)).Select(call => call.Split(' ')[0]));
        Assert.Contains(plan, call => call == $"POST /20160918/images/{image}/actions/export");
    }

    [Fact]
    public async Task Profiles_of_oracles_own_tools_say_who_asks()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        _folder.Write("home/.oci/config", $"""
            # Those of both.
            [DEFAULT]
            region=uk-london-1
            key_file=~/.oci/build.pem
            tenancy={cloud.Build.Tenancy}
            user={cloud.Build.KeyId.Split('/')[1]}
            fingerprint={cloud.Build.Fingerprint}

            [PRODUCTION]
            key_file = production.pem
            tenancy = {cloud.Production.Tenancy}
            security_token_file = token
            """);
        _folder.Write("home/.oci/build.pem", cloud.Build.Key.ExportRSAPrivateKeyPem());
        _folder.Write("home/.oci/production.pem", cloud.Production.Key.ExportPkcs8PrivateKeyPem());
        _folder.Write("home/.oci/token", "a.session.token\n");
        cloud.Production.Session = "a.session.token";
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = _folder.Combine("home"), ["DRIFT_ORACLE_URL"] = cloud.Address };
        string[] options = ["--to-profile", "PRODUCTION", "--bucket", "images", "--compartment", cloud.Production.Compartment];
        var run = (await DriftTool.RunAsync(Arguments(image, options), Cancelled, variables)).EnsureSuccess();
        AssertCopied(cloud, image, run.Output.Trim());

        var unknown = await DriftTool.RunAsync(Arguments(image, [.. options, "--from-profile", "NOBODY"]), Cancelled, variables);
        Assert.Contains("has no profile NOBODY", unknown.Error, StringComparison.Ordinal);
        cloud.Production.Session = "another";
        var expired = await DriftTool.RunAsync(Arguments(image, options), Cancelled, variables);
        Assert.Equal(4, expired.ExitCode);
        Assert.Contains("hint: Get a new token", expired.Error, StringComparison.Ordinal);
        variables["HOME"] = _folder.Path;
        var nobody = await DriftTool.RunAsync(Arguments(image, options[2..]), Cancelled, variables);
        Assert.Contains("PROD_OCI_TENANCY_OCID is not set, and there is no", nobody.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_that_is_damaged_or_held_is_told()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var image = cloud.AddImage();
        cloud.ExportProblem = "no";
        await using (var drift = DriftTool.Start(Arguments(image), cloud.Variables()))
        {
            cloud.Kill = () => System.Diagnostics.Process.GetProcessById(drift.Id).Kill();
            cloud.Fault = static (line, _) => line.EndsWith("/actions/export", StringComparison.Ordinal) ? CloudFault.KilledAfter : CloudFault.None;
            await drift.Error;
        }
        var journal = Assert.Single(Directory.GetFiles(_folder.Combine("journal"), "*.json"));
        await using (new FileStream(journal + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Contains("Another process copies the same image", (await RunAsync(cloud, image)).Error, StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(journal, "{ \"place\": ", Cancelled);
        var run = await RunAsync(cloud, image);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("the journal of this copy, is damaged", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_copied_is_refused_before_anything_is_made()
    {
        await using var cloud = await ScriptedOracle.StartedAsync();
        var market = cloud.AddImage(static image => image["listingType"] = "COMMUNITY");
        await AssertRefusedAsync(cloud, cloud.AddImage(image => image["baseImageId"] = market), 3, "comes from an image of the Marketplace");
        await AssertRefusedAsync(cloud, cloud.AddImage(static image => image.Remove("compartmentId")), 3, "one of Oracle's own images");
        await AssertRefusedAsync(cloud, cloud.AddImage(static image => image["lifecycleState"] = "DISABLED"), 3, "is DISABLED");
        await AssertRefusedAsync(cloud, "ocid1.image.oc1..none", 4, "request REQUEST-7");
        await AssertRefusedAsync(cloud, "../../users", 3, "is no OCID of an image");
        cloud.Objects["mine.oci"] = [1];
        await AssertRefusedAsync(cloud, cloud.AddImage(), 3, "has an object mine.oci already", "--object", "mine.oci");
        Assert.Single(cloud.Objects);
        cloud.Objects.Clear();
        cloud.Ahead = TimeSpan.FromMinutes(30);
        await AssertRefusedAsync(cloud, cloud.AddImage(), 4, "this machine's clock is 30 minutes behind");
        AssertNothingLeft(cloud, images: cloud.Images.Count);

        var variables = cloud.Variables();
        variables["BUILD_OCI_FINGERPRINT"] = "00:11";
        var run = await DriftTool.RunAsync(Arguments(market), Cancelled, variables);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains($"The private key has the fingerprint {cloud.Build.Fingerprint}", run.Error, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(ScriptedOracle cloud, string image, int exitCode, string text, params string[] options)
    {
        var run = await RunAsync(cloud, image, options);
        Assert.Contains(text, run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
    }

    private static void AssertCopied(ScriptedOracle cloud, string source, string copy)
    {
        AssertNothingLeft(cloud, images: 2);
        var image = cloud.Images[copy];
        Assert.NotEqual(source, copy);
        Assert.Equal(("AVAILABLE", cloud.Production.Compartment, "copy"), ((string?)image["lifecycleState"], (string?)image["compartmentId"], (string?)image["displayName"]));
        Assert.True(JsonNode.DeepEquals(new JsonArray("VM.Standard.A1.Flex"), image["shapes"]));
        Assert.Equal(copy, (string?)Assert.Single(cloud.Capabilities)["imageId"]);
    }

    private static void AssertNothingLeft(ScriptedOracle cloud, int images = 1)
    {
        Assert.Equal(images, cloud.Images.Count);
        Assert.Empty(cloud.Links);
        Assert.Empty(cloud.Objects);
        Assert.Empty(cloud.Uploads);
    }

    private string[] Arguments(string image, params string[] options) => ["machine", "copy", "oracle", image, "--name", "copy", "--poll", "0s", "--journal", _folder.Combine("journal"), .. options];

    private Task<ProcessRun> RunAsync(ScriptedOracle cloud, string image, params string[] options) => DriftTool.RunAsync(Arguments(image, options), Cancelled, cloud.Variables());
}
