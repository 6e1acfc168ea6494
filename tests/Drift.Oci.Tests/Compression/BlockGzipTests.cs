// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;
using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>What the encoder writes is read by zlib and by GNU gzip, and depends on nothing but the input.</summary>
public sealed class BlockGzipTests : IDisposable
{
    private const int Block = GzipBlock.Size;
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
            var content = Content(kind, length);
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
        var content = Content(kind, 3 * Block + 12345);
        var path = _folder.Combine("x.gz");
        await File.WriteAllBytesAsync(path, await CompressAsync(content, 2, 1 << 20), Cancelled);
        (await ProcessRun.RunAsync("gzip", ["--test", path], cancellationToken: Cancelled)).EnsureSuccess();
        var listed = (await ProcessRun.RunAsync("gzip", ["--list", path], cancellationToken: Cancelled)).EnsureSuccess();
        Assert.Contains($" {content.Length} ", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_cores_and_the_size_of_writes_do_not_matter()
    {
        var content = Content("mixed", 5 * Block + 777);
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
        var content = Content(kind, 4 * Block);
        var ours = (await CompressAsync(content, 2, 1 << 20)).Length;
        using var zlib = new MemoryStream();
        await using (var gzip = new GZipStream(zlib, new ZLibCompressionOptions { CompressionLevel = 3 }, leaveOpen: true)) await gzip.WriteAsync(content, Cancelled);
        Assert.InRange(ours, 1, zlib.Length * 1.10);
        Assert.InRange((double)ours / content.Length, 0, most);
    }

    [Fact]
    public async Task Giving_up_in_the_middle_writes_no_end()
    {
        using var output = new MemoryStream();
        await using (var gzip = new BlockGzipStream(output, 4)) await gzip.WriteAsync(Content("mixed", 9 * Block), Cancelled);
        var path = _folder.Combine("cut.gz");
        await File.WriteAllBytesAsync(path, output.ToArray(), Cancelled);
        Assert.NotEqual(0, (await ProcessRun.RunAsync("gzip", ["--test", path], cancellationToken: Cancelled)).ExitCode);
    }

    private static async Task<byte[]> CompressAsync(byte[] content, int parallelism, int writeSize)
    {
        using var output = new MemoryStream();
        await using var gzip = new BlockGzipStream(output, parallelism);
        for (var i = 0; i < content.Length; i += writeSize) await gzip.WriteAsync(content.AsMemory(i, Math.Min(writeSize, content.Length - i)), Cancelled);
        await gzip.FinishAsync(Cancelled);
        return output.ToArray();
    }

    private static byte[] Content(string kind, int length)
    {
        var random = new Random(length + kind.Length);
        var content = new byte[length];
        switch (kind)
        {
            case "random":
                random.NextBytes(content);
                break;
            case "text":
                var text = new StringBuilder();
                while (text.Length < length) text.Append(Words[(int)(Words.Length * Math.Pow(random.NextDouble(), 2))]).Append(random.Next(9) == 0 ? ".\n" : " ");
                Encoding.ASCII.GetBytes(text.ToString(), 0, length, content, 0);
                break;
            case "binary":
                // Records of numbers that grow, as in programs and tables.
                for (var i = 0; i < length; i++) content[i] = (i & 7) switch { 0 => (byte)(i >> 3), 1 => (byte)(i >> 11), 2 => (byte)random.Next(4), 3 => (byte)random.Next(256), _ => 0 };
                break;
            case "mixed":
                for (var i = 0; i < length; i += 300_000)
                {
                    var part = Content(new[] { "zeros", "random", "text", "binary" }[i / 300_000 % 4], Math.Min(300_000, length - i));
                    part.CopyTo(content, i);
                }
                break;
        }
        return content;
    }

    private static readonly string[] Words = [.. Enumerable.Range(0, 2000).Select(i => Convert.ToBase64String(BitConverter.GetBytes(i * 2654435761L))[..(3 + i % 6)])];
}
