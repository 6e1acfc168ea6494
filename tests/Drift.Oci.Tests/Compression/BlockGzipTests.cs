// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>What the encoder writes is read by zlib and by GNU gzip, and depends on nothing but the input.</summary>
public sealed class BlockGzipTests : IDisposable
{
    private const int Block = GzipFormat.BlockSize;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zeros")]
    [InlineData("random")]
    [InlineData("text")]
    [InlineData("binary")]
    [InlineData("mixed")]
    public async Task Every_length_comes_back(string kind)
    {
        foreach (var length in new[] { 0, 1, 2, 3, 7, 8, 9, 10, 12, 257, 258, 259, 300, 4095, 32767, 32768, 32769, 65535, 65536, 100_000, Block - 1, Block, Block + 1, 2 * Block, 2 * Block + 5 })
        {
            var content = SampleContent.Of(kind, length);
            var packed = await CompressAsync(content, parallelism: 2, writeSize: 50_000);
            using var unpacked = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)) await gzip.CopyToAsync(unpacked, Cancelled);
            Assert.True(content.AsSpan().SequenceEqual(unpacked.ToArray()), $"{length} bytes of {kind} come back changed");
            // What does not compress grows by little more than its frame.
            Assert.InRange(packed.Length, 20, length + length / 1000 + 64);
        }
    }

    [Theory]
    [InlineData("zeros")]
    [InlineData("mixed")]
    public async Task GNU_gzip_reads_one_member_and_finds_its_checksum_right(string kind)
    {
        var content = SampleContent.Of(kind, 3 * Block + 12345);
        var path = _folder.Combine("x.gz");
        await File.WriteAllBytesAsync(path, await CompressAsync(content, 2, 1 << 20), Cancelled);
        (await ProcessRun.RunAsync("gzip", ["--test", path], cancellationToken: Cancelled)).EnsureSuccess();
        var listed = (await ProcessRun.RunAsync("gzip", ["--list", path], cancellationToken: Cancelled)).EnsureSuccess();
        Assert.Contains($" {content.Length} ", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_cores_and_the_size_of_writes_do_not_matter()
    {
        var content = SampleContent.Of("mixed", 5 * Block + 777);
        var expected = Digest.Of(await CompressAsync(content, 1, content.Length));
        foreach (var (parallelism, writeSize) in new[] { (1, 1000), (2, 1 << 20), (3, 512), (16, 123_457) })
        {
            Assert.Equal(expected, Digest.Of(await CompressAsync(content, parallelism, writeSize)));
        }
    }

    [Theory]
    [InlineData("text", 0.45)]
    [InlineData("binary", 0.60)]
    public async Task It_is_about_as_small_as_zlib(string kind, double most)
    {
        var content = SampleContent.Of(kind, 4 * Block);
        var ours = (await CompressAsync(content, 2, 1 << 20)).Length;
        using var zlib = new MemoryStream();
        await using (var gzip = new GZipStream(zlib, new ZLibCompressionOptions { CompressionLevel = 3 }, leaveOpen: true)) await gzip.WriteAsync(content, Cancelled);
        Assert.InRange(ours, 1, zlib.Length * 1.10);
        Assert.InRange((double)ours / content.Length, 0, most);
    }

    [Fact]
    public async Task A_higher_level_is_no_larger_but_for_a_thousandth()
    {
        foreach (var kind in new[] { "text", "binary", "mixed" })
        {
            var content = SampleContent.Of(kind, Block + 5000);
            var last = int.MaxValue;
            for (var level = 1; level <= 9; level++)
            {
                using var output = new MemoryStream();
                await using (var gzip = new BlockCompressionStream(output, new GzipFormat(DeflateEffort.OfLevel(level)), 2))
                {
                    await gzip.WriteAsync(content, Cancelled);
                    await gzip.FinishAsync(Cancelled);
                }
                Assert.True(output.Length <= last * 1.001, $"{kind}: level {level} makes {output.Length} bytes, the one below {last}");
                last = (int)output.Length;
            }
        }
    }

    [Fact]
    public async Task Giving_up_in_the_middle_writes_no_end()
    {
        using var output = new MemoryStream();
        await using (var gzip = new BlockCompressionStream(output, new GzipFormat(), 4)) await gzip.WriteAsync(SampleContent.Of("mixed", 9 * Block), Cancelled);
        var path = _folder.Combine("cut.gz");
        await File.WriteAllBytesAsync(path, output.ToArray(), Cancelled);
        Assert.NotEqual(0, (await ProcessRun.RunAsync("gzip", ["--test", path], cancellationToken: Cancelled)).ExitCode);
    }

    private static async Task<byte[]> CompressAsync(byte[] content, int parallelism, int writeSize)
    {
        using var output = new MemoryStream();
        await using var gzip = new BlockCompressionStream(output, new GzipFormat(), parallelism);
        for (var i = 0; i < content.Length; i += writeSize) await gzip.WriteAsync(content.AsMemory(i, Math.Min(writeSize, content.Length - i)), Cancelled);
        await gzip.FinishAsync(Cancelled);
        return output.ToArray();
    }
}
