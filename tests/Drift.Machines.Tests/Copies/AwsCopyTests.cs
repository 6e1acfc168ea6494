// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>An image of AWS arrives at Oracle with every byte of its disk, whatever happens on the way, and nothing else is left.</summary>
public sealed class AwsCopyTests : IAsyncLifetime
{
    private const int Random = 35 << 20;
    private readonly TemporaryDirectory _folder = new();
    private string _disk = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _disk = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), "label: gpt\n%ESP%, type=uefi\ntype=linux\n");
        await using var disk = new FileStream(_disk, FileMode.Open);
        disk.SetLength(1 << 30);
        disk.Position = 100 << 20;
        var bytes = new byte[Random];
        new Random(1).NextBytes(bytes);
        await disk.WriteAsync(bytes, Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Disk_arrives_whole_and_nothing_else_is_left()
    {
        await using var clouds = await CloudPair.StartedAsync(_disk);
        clouds.Aws.Damaged = 1;
        clouds.Oracle.Fault = (line, _) =>
        {
            // As soon as the image is asked for, the archive is there.
            if (line == "POST /20160918/images") File.WriteAllBytes(_folder.Combine("image.oci"), Assert.Single(clouds.Oracle.Objects.Values));
            return CloudFault.None;
        };
        var run = (await RunAsync(clouds)).EnsureSuccess();
        clouds.AssertCopied(run.Output.Trim());
        await TarFile.ExtractToDirectoryAsync(_folder.Combine("image.oci"), _folder.Path, overwriteFiles: false, cancellationToken: Cancelled);
        await Qemu.AssertSoundAsync(_folder.Combine("output.QCOW2"), _disk);
        Assert.Contains("UEFI_64", await File.ReadAllTextAsync(_folder.Combine("image_metadata.json"), Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_while_it_uploads_it_sends_what_is_missing()
    {
        await using var clouds = await CloudPair.StartedAsync(_disk);
        foreach (var (what, fault) in new[] { ("POST /n/space/b/images/u", CloudFault.KilledAfter), ("PUT ", CloudFault.KilledBefore), ("POST /n/space/b/images/u/drift-", CloudFault.KilledAfter), ("POST /n/space/b/images/p/", CloudFault.KilledAfter), ("POST /20160918/images", CloudFault.KilledAfter) })
        {
            await using var drift = DriftTool.Start(Arguments(), clouds.Variables);
            clouds.Oracle.Kill = () => System.Diagnostics.Process.GetProcessById(drift.Id).Kill();
            var isMet = false;
            clouds.Oracle.Fault = (line, _) => !isMet && line.Contains(what, StringComparison.Ordinal) && (isMet = true) ? fault : CloudFault.None;
            await drift.Error;
            Assert.True(isMet, what);
        }
        clouds.Oracle.Fault = static (_, _) => CloudFault.None;
        clouds.AssertCopied((await RunAsync(clouds)).EnsureSuccess().Output.Trim());
        // Of three parts only the one that the kill kept from arriving is sent twice.
        Assert.Equal(4, clouds.Oracle.Requests.Count(line => line.Contains("&uploadPartNum=", StringComparison.Ordinal)));
        Assert.Single(clouds.Oracle.Requests, line => line == "POST /20160918/images");
    }

    [Fact]
    public async Task Busy_clouds_are_waited_for()
    {
        await using var clouds = await CloudPair.StartedAsync(_disk);
        clouds.Aws.Fault = static (_, request) => request % 5 == 0 ? CloudFault.Busy : request % 7 == 0 ? CloudFault.LosesAnswer : CloudFault.None;
        clouds.Oracle.Fault = static (line, request) => line.StartsWith("PUT", StringComparison.Ordinal) && request % 2 == 0 ? CloudFault.LosesAnswer : CloudFault.None;
        clouds.AssertCopied((await RunAsync(clouds)).EnsureSuccess().Output.Trim());
    }

    [Fact]
    public async Task What_cannot_be_copied_is_refused_before_anything_is_made()
    {
        await using var clouds = await CloudPair.StartedAsync(_disk);
        clouds.Aws.Architecture = "x86_64";
        await AssertRefusedAsync("is for x86_64, not for arm64", 3);
        clouds.Aws.Architecture = "arm64";
        clouds.Aws.IsOfMarketplace = true;
        await AssertRefusedAsync("comes from the Marketplace", 3);
        clouds.Aws.IsOfMarketplace = false;
        clouds.Aws.Damaged = int.MaxValue;
        await AssertRefusedAsync("does not have the SHA-256 that EBS gives", 7);
        clouds.Aws.Damaged = 0;
        var run = await DriftTool.RunAsync(Arguments(), Cancelled, new Dictionary<string, string?>(clouds.Variables, StringComparer.Ordinal) { ["AWS_SECRET_ACCESS_KEY"] = "another" });
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("(request r-2)", run.Error, StringComparison.Ordinal);
        clouds.AssertNothingLeft();

        async Task AssertRefusedAsync(string text, int exitCode)
        {
            var refused = await RunAsync(clouds);
            Assert.Contains(text, refused.Error, StringComparison.Ordinal);
            Assert.Contains("\nhint: ", refused.Error, StringComparison.Ordinal);
            Assert.Equal(exitCode, refused.ExitCode);
            clouds.AssertNothingLeft();
        }
    }

    private string[] Arguments() => ["machine", "copy", "aws", ScriptedAws.Image, "--name", "copy", "--poll", "0s", "--journal", _folder.Combine("journal")];

    private Task<ProcessRun> RunAsync(CloudPair clouds) => DriftTool.RunAsync(Arguments(), Cancelled, clouds.Variables);
}
