// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>Layers that would write or read outside the root, or are not what the image says.</summary>
public sealed class HostileLayerTests : UnpackTest
{
    [Theory(Timeout = Limit)]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("./../outside")]
    public async Task A_name_with_dots_is_refused(string name)
    {
        Assert.Contains(name, (await FailsAsync(ErrorCode.InvalidContent, [File(name)])).Message, StringComparison.Ordinal);
        AssertNothingOutside();
    }

    [Fact(Timeout = Limit)]
    public async Task Absolute_names_are_inside()
    {
        await UnpackAsync([File("/etc/drift-test", "1"), File("//etc//other", "2"), Directory("/"), Directory("./"), File("./etc/third", "3")]);
        Assert.Equal(["etc/", "etc/drift-test=1", "etc/other=2", "etc/third=3"], Tree());
        Assert.False(Path.Exists("/etc/drift-test"));
    }

    [Fact(Timeout = Limit)]
    public async Task Links_above_a_name_stay_inside()
    {
        await UnpackAsync(
            [Link("a", "/etc"), Link("b", "../../../../../../etc"), Link("c", "a/deep"), Link("d", Folder.Path), Link("e", ".")],
            [File("a/drift-test", "1"), File("b/drift-test-2", "2"), File("c/x", "3"), File("d/outside", "4"), File("e/e/e/x", "5"), Directory("a/folder")],
            [File("a/.wh.drift-test-2")]);
        var inside = Folder.Path[1..];
        Assert.Contains("etc/drift-test=1", Tree());
        Assert.Contains("etc/deep/x=3", Tree());
        Assert.Contains("x=5", Tree());
        Assert.Contains($"{inside}/outside=4", Tree());
        Assert.DoesNotContain("etc/drift-test-2=2", Tree());
        Assert.False(Path.Exists("/etc/drift-test") || Path.Exists("/etc/drift-test-2") || Path.Exists("/etc/deep"));
        AssertNothingOutside();
    }

    [Fact(Timeout = Limit)]
    public async Task A_link_is_replaced_and_never_written_through()
    {
        var outside = Folder.Write("victim", "whole");
        await UnpackAsync([Link("a", outside), Link("b", Folder.Path), Link("c", outside), Link("d", Folder.Path)], [File("a", "1"), Directory("b"), File(".wh.c"), Of(TarEntryType.HardLink, "d", "a")]);
        Assert.Equal(["a=1", "b/", "d=1"], Tree());
        Assert.Equal("whole", await System.IO.File.ReadAllTextAsync(outside, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task Links_in_a_circle_are_refused()
    {
        await FailsAsync(ErrorCode.InvalidContent, [Link("a", "b"), Link("b", "a"), File("a/x")]);
        await FailsAsync(ErrorCode.InvalidContent, [Link("a", "a"), File("a/x")]);
    }

    [Theory(Timeout = Limit)]
    [InlineData("../victim")]
    [InlineData("VICTIM")]
    [InlineData("folder/victim")]
    [InlineData("nowhere")]
    [InlineData("")]
    public async Task A_hard_link_to_outside_or_nothing_is_refused(string target)
    {
        var outside = Folder.Write("victim", "secret");
        await FailsAsync(ErrorCode.InvalidContent, [Link("folder", Folder.Path), Of(TarEntryType.HardLink, "x", target == "VICTIM" ? outside : target)]);
        Assert.DoesNotContain(Tree(), entry => entry.Contains("secret", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_link_without_target_is_refused() => await FailsAsync(ErrorCode.InvalidContent, [Link("x", "")]);

    [Fact(Timeout = Limit)]
    public async Task A_name_that_no_file_system_takes_is_an_error() => await FailsAsync(ErrorCode.FileSystem, [File(new string('x', 300))]);

    [Fact(Timeout = Limit)]
    public async Task Content_must_match_digest_and_diffId()
    {
        var tar = await TarAsync(File("x", "1"));
        var other = await TarAsync(File("x", "2"));
        await Assert.ThrowsAsync<ContentException>(() => UnpackAsync([(Gzip(tar), Digest.Of(other))]));
        // The diffID covers what follows the archive's end too.
        await Assert.ThrowsAsync<ContentException>(() => UnpackAsync([(Gzip([.. tar, 1]), Digest.Of(tar))]));
        var sha512 = Digest.Parse("sha512:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(tar)));
        await UnpackAsync([(Gzip(tar), sha512)]);
        Assert.Equal(["x=1"], Tree());
        await Assert.ThrowsAsync<ContentException>(() => UnpackAsync([(Gzip(tar), Digest.Of(tar))], layout =>
            System.IO.File.WriteAllBytes(Path.Combine(layout.Path, "blobs", "sha256", Digest.Of(Gzip(tar)).Hex), Gzip(other))));
    }

    [Fact(Timeout = Limit)]
    public async Task A_damaged_layer_is_an_error()
    {
        var tar = await TarAsync(File("x", new string('1', 100_000)));
        var gzip = Gzip(tar);
        byte[][] damaged = [[], Encoding.ASCII.GetBytes("no gzip at all"), gzip[..20], gzip[..^20], Gzip(tar[..600]), Gzip(Encoding.ASCII.GetBytes(new string('x', 2000)))];
        foreach (var blob in damaged)
        {
            var error = await Assert.ThrowsAnyAsync<DriftException>(() => UnpackAsync([(blob, Digest.Of(tar))]));
            Assert.True(error.Code is ErrorCode.InvalidContent or ErrorCode.ContentMismatch, error.ToString());
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("one file")]
    [InlineData("hard links, each of them a copy")]
    [InlineData("empty files")]
    public async Task What_unpacks_to_more_than_the_disk_has_is_refused_before_it_is_full(string what)
    {
        Need.That(Environment.UserName == "root", "mounting a small file system needs root");
        System.IO.Directory.CreateDirectory(Root);
        (await ProcessRun.RunAsync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", Root], cancellationToken: Cancelled)).EnsureSuccess();
        try
        {
            Entry[] entries = what switch
            {
                "one file" => [File("x", new string('0', 5_000_000))],
                "empty files" => [.. Enumerable.Range(0, 2000).Select(i => File($"{i}"))],
                _ => [File("x", new string('0', 1_000_000)), .. Enumerable.Range(0, 100).Select(i => Of(TarEntryType.HardLink, $"{i}", "x"))],
            };
            var error = await FailsAsync(ErrorCode.FileSystem, entries);
            Assert.StartsWith("The image unpacks to ", error.Message, StringComparison.Ordinal);
            Assert.NotEqual(0, new DriveInfo(Root).AvailableFreeSpace);
        }
        finally
        {
            await Mounts.DetachBelowAsync(Root);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_folder_that_is_hidden_over_and_over_is_hidden_once()
    {
        const int Many = 3000;
        await Task.Run(() => UnpackAsync([.. Enumerable.Range(0, Many).Select(i => File($"old/{i}"))],
            [.. Enumerable.Range(0, Many).Select(i => File($"old/new{i}")), .. Enumerable.Repeat(File("old/.wh..wh..opq"), Many), .. Enumerable.Repeat(File(".wh.old"), Many)]), Cancelled);
        Assert.Equal(Many, System.IO.Directory.GetFiles(Path.Combine(Root, "old")).Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Manifest_and_config_must_agree()
    {
        var layout = await Distribution.OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var manifest = new ImageManifest { Config = Descriptor.Of(MediaTypes.OciConfig, []), Layers = [] };
        var config = new ImageConfig { Architecture = "amd64", OperatingSystem = "linux", Rootfs = new RootFileSystem { DiffIds = [Digest.Of([])] } };
        var error = await Assert.ThrowsAsync<DriftException>(() => RootFileSystemUnpacker.UnpackAsync(layout, manifest, config, Root, Cancelled));
        Assert.Equal(ErrorCode.InvalidContent, error.Code);
    }

    private async Task<DriftException> FailsAsync(ErrorCode code, Entry[] layer)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => UnpackAsync(layer));
        Assert.Equal(code, error.Code);
        return error;
    }

    private void AssertNothingOutside() =>
        Assert.Equal(["layout", "root"], System.IO.Directory.GetFileSystemEntries(Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
