// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>What is compressed through libzstd is read by the program zstd, and depends on nothing but the input and the level.</summary>
public sealed class ZstdTests : IDisposable
{
    private const int Block = ZstdFormat.BlockSize;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zeros")]
    [InlineData("random")]
    [InlineData("mixed")]
    public async Task Every_length_comes_back(string kind)
    {
        foreach (var length in new[] { 0, 1, 511, 131_071, 131_072, 131_073, Block - 1, Block, Block + 1, 2 * Block + 5 })
        {
            var content = SampleContent.Of(kind, length);
            var packed = await CompressAsync(content, parallelism: 2, writeSize: 500_000);
            Assert.True((await ReadAsync(packed)).AsSpan().SequenceEqual(content), $"{length} bytes of {kind} come back changed");
            Assert.InRange(packed.Length, 9, length + length / 1000 + 64);
        }
    }

    [Fact]
    public async Task The_program_zstd_reads_it_and_we_read_the_program()
    {
        Need.Program("zstd");
        var content = SampleContent.Of("mixed", 2 * Block + 12345);
        var path = _folder.Combine("x");
        await File.WriteAllBytesAsync(path + ".zst", await CompressAsync(content, 2, 1 << 20), Cancelled);
        await RunAsync("-d", "-q", path + ".zst", "-o", path);
        Assert.True((await File.ReadAllBytesAsync(path, Cancelled)).AsSpan().SequenceEqual(content));
        foreach (var options in new[] { new[] { "-1" }, ["-19"], ["--long=27"], ["--no-check", "-T2"] })
        {
            await RunAsync([.. options, "-q", "-f", path, "-o", path + ".theirs"]);
            Assert.True((await ReadAsync(await File.ReadAllBytesAsync(path + ".theirs", Cancelled))).AsSpan().SequenceEqual(content), string.Join(' ', options));
        }
    }

    [Fact]
    public async Task The_number_of_cores_and_the_size_of_writes_do_not_matter()
    {
        var content = SampleContent.Of("mixed", 5 * Block + 777);
        var expected = Digest.Of(await CompressAsync(content, 1, content.Length));
        foreach (var (parallelism, writeSize) in new[] { (1, 70_001), (2, 1 << 20), (16, 123_457) })
        {
            Assert.Equal(expected, Digest.Of(await CompressAsync(content, parallelism, writeSize)));
        }
    }

    [Fact]
    public async Task A_higher_level_is_smaller()
    {
        var content = SampleContent.Of("text", 300_000);
        var sizes = new List<int>();
        foreach (var level in new[] { 1, 7, 19 }) sizes.Add((await CompressAsync(content, 1, content.Length, level)).Length);
        Assert.Equal(sizes.OrderDescending(), sizes);
        Assert.Equal(3, sizes.Distinct().Count());
    }

    [Fact]
    public async Task Several_frames_and_skippable_ones_are_one_stream()
    {
        byte[] a = await CompressAsync([1, 2, 3], 1, 3), b = await CompressAsync(SampleContent.Of("text", 400_000), 1, 1000);
        byte[] skippable = [0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 9, 9, 9, 9, 9];
        Assert.Equal([1, 2, 3, 1, 2, 3], await ReadAsync([.. a, .. skippable, .. a]));
        Assert.Equal([1, 2, 3], await ReadAsync([.. skippable, .. a, .. skippable]));
        Assert.Equal(400_003, (await ReadAsync([.. b, .. skippable, .. a])).Length);
    }

    [Fact]
    public async Task How_data_ends_is_told()
    {
        var frame = await CompressAsync(SampleContent.Of("text", 3000), 1, 3000);
        byte[] two = [.. frame, .. frame];
        for (var length = 0; length < two.Length; length++)
        {
            Assert.Equal((length == frame.Length ? null : FindingId.CompressionTruncated, length), (await ProblemAsync(two[..length]), length));
        }
        foreach (var garbage in new byte[][] { [0], [0, 0, 0], [0x1f, 0x8b, 8, 0, 0], new byte[100_000], [0x28, 0xb5, 0x2e] })
        {
            Assert.Equal(FindingId.CompressionTrailing, await ProblemAsync([.. frame, .. garbage]));
            Assert.Equal(FindingId.CompressionDamaged, await ProblemAsync(garbage));
        }
        for (var i = 0; i < frame.Length; i++)
        {
            var damaged = frame.ToArray();
            damaged[i] ^= 0x55;
            Assert.True(await ProblemAsync(damaged) is not null, $"byte {i} may change");
        }
    }

    [Fact]
    public async Task A_window_that_is_too_large_is_refused()
    {
        Need.Program("zstd");
        var path = _folder.Combine("large");
        // Of unknown length, so that the frame asks for the whole window.
        (await ProcessRun.RunAsync("sh", ["-c", $"head -c 1000000 /dev/zero | zstd -q --long=28 -o {path}.28; head -c 1000000 /dev/zero | zstd -q --long=27 -o {path}.27"], cancellationToken: Cancelled)).EnsureSuccess();
        var reader = new ZstdReader(new MemoryStream(await File.ReadAllBytesAsync(path + ".28", Cancelled)));
        await using var _ = reader;
        await reader.CopyToAsync(Stream.Null, Cancelled);
        Assert.Equal(FindingId.LayerUnreadable, reader.Problem);
        Assert.Contains("more than 128 MiB", reader.Fault, StringComparison.Ordinal);
        Assert.Null(await ProblemAsync(await File.ReadAllBytesAsync(path + ".27", Cancelled)));
    }

    [Fact]
    public void Without_the_library_its_package_is_named()
    {
        var error = Assert.Throws<DriftException>(() => ZstdLibrary.Load(["libnothing.so.1"]));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains("libzstd1", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip:9", "gzip:9")]
    [InlineData("zstd:19", "zstd:19")]
    [InlineData("none", "none")]
    [InlineData("gzip:10", null)]
    [InlineData("zstd:20", null)]
    [InlineData("zstd:0", null)]
    [InlineData("zstd:-1", null)]
    [InlineData("zstd:", null)]
    [InlineData("none:1", null)]
    [InlineData("ZSTD", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Compressions_parse(string? text, string? expected)
    {
        Assert.Equal(expected is not null, LayerCompression.TryParse(text, out var compression));
        Assert.Equal(expected, compression?.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => LayerCompression.Gzip.WithLevel(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => LayerCompression.None.WithLevel(1));
        Assert.Equal(LayerCompression.Zstd, LayerCompression.Zstd.WithLevel(3).WithLevel(null));
    }

    [Fact]
    public async Task A_layer_can_be_packed_squashed_and_validated()
    {
        var store = new MemoryStore();
        var options = new PackOptions { Compression = LayerCompression.Zstd };
        var image = Image.Scratch(Platform.LinuxAmd64);
        foreach (var name in new[] { "a", "b" }) image = image.WithLayer(FileLayer.Create(files => files.Add(name, ContentSource.FromBytes(SampleContent.Of("mixed", Block)))));
        var packed = await image.WithConfig(config => config with { User = "1" }).PackAsync(store, options, Cancelled);
        Assert.All(packed.Manifest.Layers, layer => Assert.Equal(MediaTypes.OciLayerZstd, layer.MediaType));
        Assert.Null(MediaTypes.ToDocker(MediaTypes.OciLayerZstd));
        var findings = new FindingBag();
        await ImageValidator.ValidateAsync(store, packed.Descriptor, findings, Cancelled);
        Assert.Empty(findings.Sorted());
        var flat = await (await Image.FromAsync(store, packed.Descriptor, Cancelled)).Flatten().PackAsync(store, options, Cancelled);
        Assert.Equal(2, (await FlattenedFiles.ReadAsync(store, flat.Manifest.Layers, new FlattenOptions(), Cancelled)).All().Count());
    }

    [Fact]
    public async Task A_compressed_archive_becomes_a_layer_as_it_is()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a") with { Size = 3000 });
        var zstd = await CompressAsync(tar, 1, tar.Length);
        Assert.Equal(Digest.Of(tar), (await PackAsync(zstd)).DiffId);
        Assert.Equal(Digest.Of(tar), (await PackAsync([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0, .. zstd])).DiffId);
        var error = await Assert.ThrowsAsync<DriftException>(() => PackAsync(zstd[..^3]));
        Assert.Contains("x.tar.zst does not decompress: The zstd data ends early.", error.Message, StringComparison.Ordinal);

        static async Task<PackedLayer> PackAsync(byte[] archive) => await ArchiveLayer.Create(ContentSource.FromBytes(archive), "x.tar.zst").PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
    }

    [Fact]
    public async Task Damage_of_a_layer_is_told_by_whoever_reads_it()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a") with { Size = 3000 });
        var zstd = await CompressAsync(tar, 1, tar.Length);
        foreach (var (blob, id) in new[] { (zstd[..^2], FindingId.CompressionTruncated), ([.. zstd, 0], FindingId.CompressionTrailing) })
        {
            var image = new ValidationImage();
            image.AddLayer(tar, blob, MediaTypes.OciLayerZstd);
            Assert.Equal(id, Assert.Single(await image.ValidateAsync(image.Manifest())).Id);
        }
        var store = new MemoryStore();
        var cut = Descriptor.Of(MediaTypes.OciLayerZstd, zstd.AsSpan(..^2));
        await store.WriteBlobAsync(cut, zstd.AsMemory(..^2), Cancelled);
        await using var opened = await new PackedLayer(cut, Digest.Of(tar), store).OpenTarAsync(Cancelled);
        Assert.Contains("ends early", (await Assert.ThrowsAsync<DriftException>(() => opened.CopyToAsync(Stream.Null, Cancelled))).Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> CompressAsync(byte[] content, int parallelism, int writeSize, int level = 1)
    {
        using var output = new MemoryStream();
        await using var zstd = new BlockCompressionStream(output, new ZstdFormat(level), parallelism);
        for (var i = 0; i < content.Length; i += writeSize) await zstd.WriteAsync(content.AsMemory(i, Math.Min(writeSize, content.Length - i)), Cancelled);
        Assert.Equal(Digest.Of(content), await zstd.FinishAsync(Cancelled));
        return output.ToArray();
    }

    private static async Task<byte[]> ReadAsync(byte[] compressed)
    {
        await using var reader = new ZstdReader(new MemoryStream(compressed));
        using var content = new MemoryStream();
        await reader.CopyToAsync(content, Cancelled);
        Assert.Null(reader.Problem);
        return content.ToArray();
    }

    private static async Task<FindingId?> ProblemAsync(byte[] compressed)
    {
        await using var reader = new ZstdReader(new MemoryStream(compressed));
        await reader.CopyToAsync(Stream.Null, Cancelled);
        return reader.Problem;
    }

    private static async Task RunAsync(params string[] arguments) => (await ProcessRun.RunAsync("zstd", arguments, cancellationToken: Cancelled)).EnsureSuccess();
}
