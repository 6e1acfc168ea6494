// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>What qemu-img writes is read as what it was written from.</summary>
public sealed class DiskImageTests(SampleDisk sample) : IClassFixture<SampleDisk>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-o compat=0.10")]
    [InlineData("-c -o compat=0.10")]
    [InlineData("-c")]
    [InlineData("-c -o compression_type=zstd")]
    [InlineData("-o cluster_size=512")]
    [InlineData("-c -o cluster_size=512")]
    [InlineData("-c -o cluster_size=512,compression_type=zstd")]
    [InlineData("-c -o cluster_size=4k,refcount_bits=1")]
    [InlineData("-o cluster_size=2M,refcount_bits=64")]
    [InlineData("-c -o cluster_size=2M")]
    [InlineData("-c -o cluster_size=2M,compression_type=zstd")]
    [InlineData("-o extended_l2=on")]
    [InlineData("-o extended_l2=on,cluster_size=16k")]
    [InlineData("-c -o extended_l2=on,cluster_size=2M")]
    [InlineData("-S 0")]
    [InlineData("-o preallocation=metadata")]
    [InlineData("-o preallocation=full,lazy_refcounts=on")]
    [InlineData("-o preallocation=metadata,extended_l2=on")]
    public async Task An_image_is_read(string options)
    {
        var image = _folder.Combine("image.qcow2");
        await Qemu.ImageAsync(["convert", "-O", "qcow2", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), sample.Path, image]);
        await AssertReadAsync(image, sample.Path);
    }

    [Fact]
    public async Task A_raw_disk_is_read_and_its_holes_are_known()
    {
        await AssertReadAsync(sample.Path, sample.Path);
        await using var disk = await DiskImage.OpenAsync(sample.Path, TestContext.Current.CancellationToken);
        var data = 0L;
        await foreach (var extent in disk.FindDataAsync(TestContext.Current.CancellationToken)) data += extent.Length;
        Assert.InRange(data, 1, disk.Length - 5_000_000 + 65536);
    }

    [Theory]
    [InlineData("compat=1.1")]
    [InlineData("compat=1.1,extended_l2=on")]
    [InlineData("compat=1.1,cluster_size=2M")]
    public async Task What_a_machine_wrote_over_is_read(string options)
    {
        // Zeros over data, data over zeros, discards, parts of subclusters, and a snapshot that keeps the old clusters.
        var image = _folder.Combine("image.qcow2");
        await Qemu.ImageAsync("convert", "-O", "qcow2", "-o", options, sample.Path, image);
        await Qemu.WriteAsync(image, "write -z 64k 200k", "write -P 3 100k 3k", "discard 1M 1M", "write -z -u 2M 256k");
        await Qemu.ImageAsync("snapshot", "-c", "before", image);
        await Qemu.WriteAsync(image, "write -P 9 3M 70k", "write -P 8 8M 512");
        var raw = _folder.Combine("image.raw");
        await Qemu.ImageAsync("convert", "-O", "raw", image, raw);
        await AssertReadAsync(image, raw);
    }

    [Fact]
    public async Task A_disk_of_no_whole_clusters_and_of_no_whole_sectors_ends_with_zeros()
    {
        var raw = _folder.Combine("odd.raw");
        await File.WriteAllBytesAsync(raw, [.. Enumerable.Repeat((byte)7, 70_001)], TestContext.Current.CancellationToken);
        await using var disk = await DiskImage.OpenAsync(raw, TestContext.Current.CancellationToken);
        var content = new byte[disk.Length];
        await disk.ReadAsync(0, content, TestContext.Current.CancellationToken);
        Assert.Equal(70_144, content.Length);
        Assert.Equal([7, 0], content[70_000..70_002]);
    }

    /// <summary>Reads all of a disk in parts of odd sizes, and once more only what is said to be data.</summary>
    private static async Task AssertReadAsync(string image, string raw)
    {
        var expected = await File.ReadAllBytesAsync(raw, TestContext.Current.CancellationToken);
        await using var disk = await DiskImage.OpenAsync(image, TestContext.Current.CancellationToken);
        Assert.Equal(expected.Length, disk.Length);
        var whole = new byte[disk.Length];
        for (var at = 0; at < whole.Length; at += 1_000_000) await disk.ReadAsync(at, whole.AsMemory(at, Math.Min(1_000_000, whole.Length - at)), TestContext.Current.CancellationToken);
        Assert.Equal(SHA256.HashData(expected), SHA256.HashData(whole));
        var data = new byte[disk.Length];
        var end = 0L;
        await foreach (var extent in disk.FindDataAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(extent.Offset >= end);
            end = extent.End;
            await disk.ReadAsync(extent.Offset, data.AsMemory((int)extent.Offset, (int)extent.Length), TestContext.Current.CancellationToken);
        }
        Assert.Equal(SHA256.HashData(expected), SHA256.HashData(data));
    }
}
