// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>Images that are damaged, lie, or are of a kind that is not read: each is refused with what is wrong and what to do.</summary>
public sealed class DiskImageRefusalTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("4 4 1", "is qcow2 of version 1")]
    [InlineData("20 4 8", "has clusters of 2^8 bytes")]
    [InlineData("20 4 22", "has clusters of 2^22 bytes")]
    [InlineData("24 8 -1", "its disk has")]
    [InlineData("24 8 1152921504606846976", "too much for its clusters")]
    [InlineData("24 8 1099511627776", "its L1 table has 1 entries")]
    [InlineData("32 4 2", "is encrypted")]
    [InlineData("40 8 65536000", "its L1 table is not in the file")]
    [InlineData("40 8 -65536", "its L1 table is not in the file")]
    [InlineData("40 8 196609", "its L1 table is not in the file")]
    [InlineData("72 8 2", "is marked as corrupt")]
    [InlineData("72 8 4", "has its data in another file")]
    [InlineData("72 8 8", "its compression type contradicts its features")]
    [InlineData("72 8 1099511627776", "needs the feature 'bit 40'")]
    [InlineData("96 4 7", "has reference counts of 2^7 bits")]
    [InlineData("100 4 90", "its header says that it has 90 bytes")]
    [InlineData("104 1 9", "is compressed with type 9")]
    public async Task A_header_that_cannot_be_is_refused(string change, string problem) => await AssertRefusedAsync(await DamagedAsync(change), problem);

    [Theory]
    [InlineData("196608 8 -9223372035781033984", "L2 table 0 is not in the file")]
    [InlineData("262144 8 -9223372036854775807", null)] // Zero.
    [InlineData("262144 8 -9223372036854775806", "an L2 entry has bits that mean nothing")]
    [InlineData("262144 8 -9223372036854774784", "a cluster is not at a multiple of its size")]
    [InlineData("262144 8 -9223372035781033984", "a cluster is not in the file")]
    [InlineData("262144 8 4611686019501129728", "a compressed cluster is not in the file")]
    [InlineData("262144 8 4611686018427387904", "does not decompress")]
    public async Task A_table_that_lies_is_refused(string change, string? problem) => await AssertRefusedAsync(await DamagedAsync(change), problem);

    [Fact]
    public async Task An_image_that_is_cut_is_refused()
    {
        var image = await ImageAsync();
        await using (var file = File.OpenWrite(image)) file.SetLength(file.Length - 65536);
        await AssertRefusedAsync(image, "the file is cut");
        await using (var file = File.OpenWrite(image)) file.SetLength(200_000);
        await AssertRefusedAsync(image, "is not in the file");
        await using (var file = File.OpenWrite(image)) file.SetLength(50);
        await AssertRefusedAsync(image, "is damaged");
    }

    [Fact]
    public async Task A_small_file_does_not_stand_for_a_large_disk()
    {
        var image = await ImageAsync();
        await using (var file = File.OpenWrite(image))
        {
            // All 16 clusters of the disk are the same one of the file, which has 7.
            file.Position = 262144;
            for (var cluster = 0; cluster < 16; cluster++) file.Write([0x80, 0, 0, 0, 0, 5, 0, 0]);
        }
        await AssertRefusedAsync(image, "its tables refer to more clusters");
    }

    [Theory]
    [InlineData("zlib")]
    [InlineData("zstd")]
    public async Task A_compressed_cluster_does_not_stand_for_a_large_disk(string compression)
    {
        var image = _folder.Combine("bomb.qcow2");
        await Qemu.ImageAsync("create", "-f", "qcow2", "-o", $"compression_type={compression}", image, "32G");
        await Qemu.WriteAsync(image, "write -c -P 1 0 64k");
        var table = new byte[65536];
        await using (var file = File.Open(image, FileMode.Open))
        {
            file.Position = 262144;
            file.ReadExactly(table, 0, 8);
            for (var at = 8; at < table.Length; at += 8) table.AsSpan(0, 8).CopyTo(table.AsSpan(at));
            file.Position = 262144;
            file.Write(table);
            // All 64 tables are this one.
            file.Position = 196608;
            for (var number = 0; number < 64; number++) file.Write([0x80, 0, 0, 0, 0, 4, 0, 0]);
        }
        await AssertRefusedAsync(image, "its tables refer to more clusters");
    }

    [Fact]
    public async Task A_feature_that_the_image_names_is_told_by_that_name()
    {
        var image = await ImageAsync();
        await using (var file = File.OpenWrite(image))
        {
            file.Position = 79;
            file.WriteByte(1 << 6);
            file.Position = 112;
            file.Write([0x68, 3, 0xf8, 0x57, 0, 0, 0, 48, 0, 6, .. "time travel\0"u8]);
        }
        await AssertRefusedAsync(image, "needs the feature 'time travel'");
    }

    [Theory]
    [InlineData("-b base.raw -F raw", "holds only what differs from base.raw")]
    [InlineData("-o data_file=data.raw 1M", "has its data in another file")]
    [InlineData("-o encrypt.format=luks,encrypt.key-secret=key --object secret,id=key,data=word 1M", "is encrypted")]
    public async Task What_needs_something_else_is_refused(string options, string problem)
    {
        var image = _folder.Combine("image.qcow2");
        await File.WriteAllBytesAsync(_folder.Combine("base.raw"), new byte[1024 * 1024], TestContext.Current.CancellationToken);
        string[] words = options.Split(' ');
        (await ProcessRun.RunAsync(Need.Program("qemu-img"), ["create", "-f", "qcow2", .. words.TakeWhile(word => word != "1M"), image, .. words.Where(word => word == "1M")],
            workingDirectory: _folder.Path, cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        await AssertRefusedAsync(image, problem);
    }

    [Theory]
    [InlineData("vmdk", "is in VMDK format")]
    [InlineData("vhdx", "is in VHDX format")]
    public async Task Another_format_is_told(string format, string problem)
    {
        var image = _folder.Combine("image");
        await Qemu.ImageAsync("create", "-f", format, image, "8M");
        await AssertRefusedAsync(image, problem);
    }

    [Fact]
    public async Task What_is_no_image_at_all_is_told()
    {
        await AssertRefusedAsync(_folder.Path, "is a folder", ErrorCode.SourceNotFound);
        await AssertRefusedAsync("", "does not exist", ErrorCode.SourceNotFound);
        await AssertRefusedAsync(_folder.Combine("none"), "does not exist", ErrorCode.SourceNotFound);
        await AssertRefusedAsync(_folder.Write("empty", ""), "is empty");
        var text = _folder.Write("text", "1");
        (await ProcessRun.RunAsync("gzip", [text], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        await AssertRefusedAsync(text + ".gz", "is compressed with gzip");
    }

    [Fact]
    public async Task An_image_that_was_not_closed_is_read()
    {
        await using var disk = await DiskImage.OpenAsync(await DamagedAsync("72 8 1"), TestContext.Current.CancellationToken);
        Assert.True(((Qcow2Disk)disk).Header.IsDirty);
        var sector = new byte[512];
        await disk.ReadAsync(65536, sector, TestContext.Current.CancellationToken);
        Assert.Equal(2, sector[0]);
    }

    /// <summary>Header, refcount table, refcount block, L1, L2, and two clusters of data.</summary>
    private async Task<string> ImageAsync()
    {
        var image = _folder.Combine("image.qcow2");
        await Qemu.ImageAsync("create", "-f", "qcow2", image, "1M");
        await Qemu.WriteAsync(image, "write -P 1 0 64k", "write -P 2 64k 64k");
        return image;
    }

    /// <summary>Puts a number, as in "OFFSET SIZE VALUE", into an image.</summary>
    private async Task<string> DamagedAsync(string change)
    {
        var image = await ImageAsync();
        var numbers = change.Split(' ').Select(word => long.Parse(word, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, numbers[2]);
        await using var file = File.OpenWrite(image);
        file.Position = numbers[0];
        file.Write(bytes.AsSpan(8 - (int)numbers[1]));
        return image;
    }

    /// <summary>Looks through all of an image, which must be refused if there is a problem with it.</summary>
    private static async Task AssertRefusedAsync(string path, string? problem, ErrorCode code = ErrorCode.InvalidDiskImage)
    {
        if (problem is null)
        {
            await ReadAsync(path);
            return;
        }
        var error = await Assert.ThrowsAsync<DriftException>(() => ReadAsync(path));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(code, error.Code);
        Assert.False(string.IsNullOrEmpty(error.Hint));
    }

    private static async Task ReadAsync(string path)
    {
        await using var disk = await DiskImage.OpenAsync(path, TestContext.Current.CancellationToken);
        await foreach (var extent in disk.FindDataAsync(TestContext.Current.CancellationToken)) await disk.ReadAsync(extent.Offset, new byte[Math.Min(extent.Length, 1024 * 1024)], TestContext.Current.CancellationToken);
    }
}
