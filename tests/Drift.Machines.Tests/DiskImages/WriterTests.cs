// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.Fuzz;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>What Drift writes is sound for qemu-img, and holds what it was written from.</summary>
public sealed class WriterTests(SampleDisk sample) : IClassFixture<SampleDisk>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Zlib")]
    [InlineData("Zstd")]
    public async Task A_compressed_image_is_sound_and_the_same_on_any_number_of_cores(string compression)
    {
        var one = await CompressAsync(sample.Path, "one.qcow2", Enum.Parse<Qcow2Compression>(compression), parallelism: 1);
        await Qemu.AssertSoundAsync(one, sample.Path);
        var many = await CompressAsync(sample.Path, "many.qcow2", Enum.Parse<Qcow2Compression>(compression), parallelism: 7);
        Assert.Equal(Hash(one), Hash(many));
        Assert.True(new FileInfo(one).Length < new FileInfo(sample.Path).Length / 2);
    }

    [Fact]
    public async Task The_same_disk_in_another_format_gives_the_same_image()
    {
        // The clusters of this source are larger than what is worked on at once.
        var source = _folder.Combine("source.qcow2");
        await Qemu.ImageAsync("convert", "-c", "-O", "qcow2", "-o", "cluster_size=2M", sample.Path, source);
        Assert.Equal(Hash(await CompressAsync(sample.Path, "raw.qcow2", Qcow2Compression.Zlib)), Hash(await CompressAsync(source, "again.qcow2", Qcow2Compression.Zlib)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_disk_with_little_on_it_is_a_small_image(bool isCompressed)
    {
        // Several L2 tables, two clusters of the L1 table, and one byte at the very end.
        var raw = _folder.Combine("large.raw");
        await Qemu.ImageAsync("create", "-f", "raw", raw, "5T");
        await Qemu.WriteAsync(raw, "write -P 1 0 512", "write -P 2 511M 2M", "write -P 3 4100G 64k", "write -P 4 5497558138368 512");
        var image = isCompressed ? await CompressAsync(raw, "large.qcow2", Qcow2Compression.Zlib) : await SparseAsync(raw, "large.qcow2");
        await Qemu.AssertSoundAsync(image, raw);
        Assert.InRange(new FileInfo(image).Length, 1, 5 * 1024 * 1024);
    }

    [Fact]
    public async Task An_uncompressed_image_is_as_long_as_it_said_and_can_be_read_in_any_parts()
    {
        var image = await SparseAsync(sample.Path, "sparse.qcow2");
        await Qemu.AssertSoundAsync(image, sample.Path);
        var written = await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken);
        await using var disk = await DiskImage.OpenAsync(sample.Path, TestContext.Current.CancellationToken);
        var file = await SparseQcow2.OfAsync(disk, TestContext.Current.CancellationToken);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var offset = random.Next(written.Length);
            var part = new byte[random.Next(Math.Min(written.Length - offset, 300_000))];
            await file.ReadAsync(offset, part, TestContext.Current.CancellationToken);
            Assert.True(part.AsSpan().SequenceEqual(written.AsSpan(offset, part.Length)), $"{part.Length} bytes at {offset}");
        }
    }

    [Fact]
    public async Task A_disk_of_zeros_has_no_clusters()
    {
        var raw = _folder.Combine("zeros.raw");
        await File.WriteAllBytesAsync(raw, new byte[3_000_320], TestContext.Current.CancellationToken);
        var image = await CompressAsync(raw, "zeros.qcow2", Qcow2Compression.Zlib);
        await Qemu.AssertSoundAsync(image, raw);
        Assert.Equal(4 * 65536, new FileInfo(image).Length);
    }

    [Fact]
    public async Task A_file_of_more_clusters_than_one_refcount_block_counts_is_sound()
    {
        // 2 GiB and some that are data as far as the file system knows.
        var raw = _folder.Combine("full.raw");
        await Qemu.ImageAsync("create", "-f", "raw", "-o", "preallocation=falloc", raw, "2100M");
        await using var disk = new AllData(await DiskImage.OpenAsync(raw, TestContext.Current.CancellationToken));
        var file = await SparseQcow2.OfAsync(disk, TestContext.Current.CancellationToken);
        var image = _folder.Combine("full.qcow2");
        await using (var output = File.Create(image))
        {
            // Of the data, which is zeros, nothing needs to be there.
            var head = new byte[3 * 1024 * 1024];
            await file.ReadAsync(0, head, TestContext.Current.CancellationToken);
            output.Write(head);
            output.SetLength(file.Length);
        }
        await Qemu.AssertSoundAsync(image, raw);
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_writing()
    {
        var source = await File.ReadAllBytesAsync(sample.Path, TestContext.Current.CancellationToken);
        await using var disk = new AllData(new MemoryDisk(source)) { FailsAt = 5_000_000 };
        var error = await Assert.ThrowsAsync<DriftException>(async () => await CompressedQcow2.WriteAsync(disk, new MemoryStream(), Qcow2Compression.Zlib, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("The block is gone.", error.Message);
    }

    private async Task<string> CompressAsync(string source, string name, Qcow2Compression compression, int? parallelism = null)
    {
        await using var disk = await DiskImage.OpenAsync(source, TestContext.Current.CancellationToken);
        await using var output = File.Create(_folder.Combine(name));
        await CompressedQcow2.WriteAsync(disk, output, compression, parallelism: parallelism, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(output.Length, output.Position);
        return output.Name;
    }

    private async Task<string> SparseAsync(string source, string name)
    {
        await using var disk = await DiskImage.OpenAsync(source, TestContext.Current.CancellationToken);
        var file = await SparseQcow2.OfAsync(disk, TestContext.Current.CancellationToken);
        var content = new byte[file.Length];
        await file.ReadAsync(0, content, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder.Combine(name), content, TestContext.Current.CancellationToken);
        return _folder.Combine(name);
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}
