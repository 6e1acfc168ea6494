// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary><c>drift machine wrap</c>: what others unpack from the archive is the disk, and what Oracle is told of it.</summary>
public sealed class WrapTests : IDisposable
{
    private const string Gpt = "label: gpt\nlabel-id: 11111111-2222-3333-4444-555555555555\n%ESP%, type=uefi\ntype=linux\n";
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zlib")]
    [InlineData("zstd")]
    [InlineData("none")]
    public async Task The_archive_has_the_disk_and_what_Oracle_is_told(string compression)
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        var source = _folder.Combine("disk.qcow2");
        await Qemu.ImageAsync("convert", "-c", "-O", "qcow2", raw, source);
        var archive = _folder.Combine("out.oci");
        var report = await DriftTool.JsonAsync(["machine", "wrap", source, "-o", archive, "--compression", compression, "--operating-system", "Devuan", "--operating-system-version", "5", "--shape", "VM.Standard.A1.Flex", "--shape", "VM.Standard.A2.Flex"], Token);
        Assert.Equal(new FileInfo(archive).Length, report.GetProperty("size").GetInt64());
        Assert.Equal(new FileInfo(raw).Length, report.GetProperty("diskSize").GetInt64());

        (await ProcessRun.RunAsync("tar", ["-C", _folder.Path, "-xf", archive], cancellationToken: Token)).EnsureSuccess();
        await Qemu.AssertSoundAsync(_folder.Combine("output.QCOW2"), raw);
        Assert.Equal(
            """{"version":2,"externalLaunchOptions":{"firmware":"UEFI_64","networkType":"PARAVIRTUALIZED","bootVolumeType":"PARAVIRTUALIZED","remoteDataVolumeType":"PARAVIRTUALIZED","localDataVolumeType":"PARAVIRTUALIZED","launchOptionsSource":"PARAVIRTUALIZED","pvAttachmentVersion":2,"pvEncryptionInTransitEnabled":false,"consistentVolumeNamingEnabled":false},"imageCapabilityData":null,"imageCapsFormatVersion":null,"operatingSystem":"Devuan","operatingSystemVersion":"5","additionalMetadata":{"shapeCompatibilities":[{"internalShapeName":"VM.Standard.A1.Flex","ocpuConstraints":null,"memoryConstraints":null},{"internalShapeName":"VM.Standard.A2.Flex","ocpuConstraints":null,"memoryConstraints":null}]}}""",
            await File.ReadAllTextAsync(_folder.Combine("image_metadata.json"), Token));
    }

    [Fact]
    public async Task The_same_disk_gives_the_same_archive()
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        var source = _folder.Combine("disk.qcow2");
        await Qemu.ImageAsync("convert", "-O", "qcow2", raw, source);
        var hashes = new List<string>();
        foreach (var (image, cores) in new[] { (raw, "1"), (source, "2"), (source, "8") })
        {
            var archive = _folder.Combine($"{hashes.Count}.oci");
            (await DriftTool.RunAsync(["machine", "wrap", image, "-o", archive], Token, new Dictionary<string, string?> { ["DOTNET_PROCESSOR_COUNT"] = cores, ["TZ"] = "Asia/Tokyo" })).EnsureSuccess();
            hashes.Add(Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(archive, Token))));
        }
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public async Task An_archive_without_compression_can_be_read_in_any_parts()
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        await using var disk = await DiskImage.OpenAsync(raw, Token);
        var archive = await OracleImageFile.OfAsync(disk, new OracleImageOptions(), Token);
        using var written = new MemoryStream();
        await archive.WriteAsync(written, cancellationToken: Token);
        Assert.Equal(archive.Length, written.Length);
        foreach (var (offset, length) in new[] { (0, 1), (500, 3000), (2000, 70_000), ((int)archive.Length - 2000, 2000), ((int)archive.Length - 1, 1) })
        {
            var part = new byte[length];
            await archive.ReadAsync(offset, part, Token);
            Assert.Equal(written.ToArray()[offset..(offset + length)], part);
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000_000_000)]
    public async Task The_head_of_an_archive_takes_the_same_room_for_a_disk_of_any_size(long size)
    {
        var head = await OracleImage.HeadAsync(new OracleImageOptions(), size, Token);
        Assert.Equal(4 * 512, head.Length);
        var archive = _folder.Combine("head.tar");
        await using (var file = File.Create(archive))
        {
            file.Write(head);
            file.SetLength(head.Length + (size + 511) / 512 * 512 + 1024);
        }
        var list = (await ProcessRun.RunAsync("tar", ["-tvf", archive], cancellationToken: Token)).EnsureSuccess().Output;
        Assert.Contains($" {size} 1970-01-01 ", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_too_large_for_Oracle_is_refused()
    {
        var image = _folder.Combine("large.qcow2");
        await Qemu.ImageAsync("create", "-f", "qcow2", image, "500G");
        await AssertRefusedAsync(image, "Oracle imports disks of up to 400 GB");
    }

    [Fact]
    public async Task An_image_is_not_replaced_by_its_archive()
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        await DriftTool.AssertFailsAsync($"machine wrap {raw} -o {_folder.Path}/./disk.raw", 3, "DRIFT5004", Token);
        await DriftTool.AssertFailsAsync($"machine wrap {raw} -o {_folder.Path}", 3, "DRIFT5004", Token);
        await DriftTool.AssertFailsAsync($"machine wrap {raw} -o ", 3, "DRIFT5004", Token);
        Assert.Equal(64 * 1024 * 1024, new FileInfo(raw).Length);
    }

    [Fact]
    public async Task A_damaged_image_leaves_nothing_behind()
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        await using (var file = File.OpenWrite(raw))
        {
            file.Position = 50_000_000;
            file.Write(RandomNumberGenerator.GetBytes(3_000_000));
        }
        var image = _folder.Combine("disk.qcow2");
        await Qemu.ImageAsync("convert", "-O", "qcow2", raw, image);
        await using (var file = File.OpenWrite(image)) file.SetLength(file.Length - 1_000_000);
        await AssertRefusedAsync(image, "a cluster is not in the file");
    }

    [Fact]
    public async Task What_would_not_start_is_wrapped_when_that_is_wanted()
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt, loader: null);
        await AssertRefusedAsync(raw, "has no boot loader");
        await DriftTool.JsonAsync(["machine", "wrap", raw, "-o", _folder.Combine("out.oci"), "--no-boot-check"], Token);
        Assert.True(File.Exists(_folder.Combine("out.oci")));
    }

    [Theory]
    [InlineData("zlib")]
    [InlineData("none")]
    public async Task Memory_does_not_grow_with_the_disk(string compression)
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        await AppendRandomAsync(raw, 200);
        var small = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "0x3000000", ["DOTNET_PROCESSOR_COUNT"] = "2" };
        (await DriftTool.RunAsync(["machine", "wrap", raw, "-o", _folder.Combine("out.oci"), "--compression", compression], Token, small)).EnsureSuccess();
    }

    [Fact]
    public async Task Interrupted_it_leaves_nothing_behind()
    {
        var raw = await BootDisk.CreateAsync(_folder.Combine("disk.raw"), Gpt);
        await AppendRandomAsync(raw, 600);
        Directory.CreateDirectory(_folder.Combine("out"));
        await using var wrap = DriftTool.Start(["machine", "wrap", raw, "-o", _folder.Combine("out", "out.oci"), "--progress", "json"]);
        await wrap.ReadErrorAsync("\"event\":\"disk\"", Token);
        Assert.Equal(130, await wrap.StopAsync("INT", Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Combine("out")));
        var moving = JsonElement.Parse((await wrap.Error).Split('\n')[0]);
        Assert.Equal(new FileInfo(raw).Length, moving.GetProperty("size").GetInt64());
    }

    private static async Task AppendRandomAsync(string path, int megabytes)
    {
        var random = new byte[1024 * 1024];
        Random.Shared.NextBytes(random);
        await using var file = new FileStream(path, FileMode.Append);
        for (var i = 0; i < megabytes; i++) await file.WriteAsync(random, Token);
    }

    private async Task AssertRefusedAsync(string image, string problem)
    {
        var folder = Directory.CreateDirectory(_folder.Combine("out"));
        var run = await DriftTool.RunAsync(["machine", "wrap", image, "-o", _folder.Combine("out", "out.oci")], Token);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("error DRIFT1031: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(folder.GetFileSystemInfos());
    }
}
