// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>What is in the cache makes a build faster; what is wrong with it never makes a build wrong.</summary>
public sealed class ImageCacheTests : DistributionTest
{
    private string CacheFolder => Folder.Combine("cache");

    private string Files => Folder.Combine("files");

    [Fact(Timeout = Limit)]
    public async Task A_layer_whose_files_did_not_change_comes_from_the_cache()
    {
        await WriteFilesAsync();
        var first = await PackAsync("one");
        var record = Assert.Single(Records);
        var written = record.LastWriteTimeUtc;

        // Another layout lacks the layer: only the cache has it. Had it been packed again, the record would be another one.
        var second = await PackAsync("two");
        Assert.Equal(first, second);
        Assert.Equal(first, await PackAsync("three", cached: false));
        Assert.Equal(record.Name, Assert.Single(Records).Name);
        Assert.True(Assert.Single(Records).LastWriteTimeUtc > written, "the time of the last use is kept");
        await ReadsAsItIsAsync("two", second);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_that_changed_is_seen_though_its_size_and_time_are_the_same()
    {
        await WriteFilesAsync();
        var first = await PackAsync("one");
        var path = Path.Combine(Files, "a");
        var time = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, "A", Cancelled);
        File.SetLastWriteTimeUtc(path, time);

        var second = await PackAsync("two");
        Assert.NotEqual(first, second);
        Assert.Equal(second, await PackAsync("three", cached: false));
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_of_this_moment_is_not_remembered()
    {
        Folder.Write("files/a", "a");
        await PackAsync("one");
        Assert.Empty(Records);
    }

    [Fact(Timeout = Limit)]
    public async Task Options_that_make_other_bytes_are_part_of_the_key()
    {
        await WriteFilesAsync();
        PackOptions[] options = [new(), new() { Epoch = 1 }, new() { Compression = LayerCompression.None }, new() { Compression = LayerCompression.Gzip.WithLevel(9) }];
        for (var round = 0; round < 2; round++)
        {
            foreach (var option in options) Assert.Equal(await PackAsync("plain", cached: false, option), await PackAsync("cached", options: option));
        }
        Assert.Equal(options.Length, Records.Length);
    }

    [Theory(Timeout = Limit)]
    [InlineData("other bytes")]
    [InlineData("cut off")]
    [InlineData("gone")]
    public async Task A_blob_that_is_damaged_is_packed_again(string damage)
    {
        await WriteFilesAsync();
        var first = await PackAsync("one");
        var blob = Directory.EnumerateFiles(Path.Combine(CacheFolder, "blobs", "sha256")).Single();
        switch (damage)
        {
            case "other bytes":
                var bytes = await File.ReadAllBytesAsync(blob, Cancelled);
                bytes[^1] ^= 1;
                await File.WriteAllBytesAsync(blob, bytes, Cancelled);
                break;
            case "cut off":
                await using (var file = File.OpenWrite(blob)) file.SetLength(file.Length / 2);
                break;
            default:
                File.Delete(blob);
                break;
        }
        Assert.Equal(first, await PackAsync("two"));
        await ReadsAsItIsAsync("two", first);
        Assert.Equal(first, await PackAsync("three"));
        await ReadsAsItIsAsync("three", first);
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip sha256:1 2")]
    [InlineData("\0\0\0")]
    public async Task A_record_that_is_damaged_counts_for_nothing(string record)
    {
        await WriteFilesAsync();
        var first = await PackAsync("one");
        await File.WriteAllTextAsync(Assert.Single(Records).FullName, record, Cancelled);
        Assert.Equal(first, await PackAsync("two"));
        await ReadsAsItIsAsync("two", first);
    }

    [Fact(Timeout = Limit)]
    public async Task It_stays_within_its_bound_and_keeps_what_was_used_last()
    {
        var names = Enumerable.Range(0, 8).Select(i => $"file{i}").ToArray();
        for (var i = 0; i < names.Length; i++) await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Files).FullName, names[i]), RandomBytes(100_000, i), Cancelled);
        await Task.Delay(1100, Cancelled);

        var cache = ImageCache.TryOpen(CacheFolder, 450_000)!;
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        foreach (var name in names)
        {
            // The first one is in use all the time.
            foreach (var used in new[] { names[0], name }.Distinct())
            {
                await FileLayer.Create(files => files.Add(used, Path.Combine(Files, used))).PackAsync(layout, new PackOptions { Cache = cache }, Cancelled);
            }
            cache.Trim();
            Assert.InRange(new DirectoryInfo(CacheFolder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length), 1, 450_000);
        }
        var first = FileLayer.Create(files => files.Add(names[0], Path.Combine(Files, names[0])));
        var known = Records.Length;
        await first.PackAsync(DiscardSink.Instance, new PackOptions { Cache = cache }, Cancelled);
        Assert.Equal(known, Records.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_killed_process_left_is_taken_away()
    {
        await WriteFilesAsync();
        await PackAsync("one");
        var abandoned = Path.Combine(CacheFolder, "blobs", "sha256", ".drift-00000000000000000000000000000000.tmp");
        var inUse = Path.Combine(CacheFolder, "blobs", "sha256", ".drift-11111111111111111111111111111111.tmp");
        await File.WriteAllTextAsync(abandoned, "half", Cancelled);
        await using var writer = new FileStream(inUse, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        File.SetLastWriteTimeUtc(abandoned, DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(inUse, DateTime.UnixEpoch);

        await File.WriteAllTextAsync(Path.Combine(Files, "new"), "new", Cancelled);
        await PackAsync("two");
        Assert.False(File.Exists(abandoned));
        Assert.True(File.Exists(inUse));
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_place_for_it_everything_is_built_as_without_it()
    {
        await WriteFilesAsync();
        await File.WriteAllTextAsync(CacheFolder, "a file", Cancelled);
        Assert.Null(ImageCache.TryOpen(CacheFolder));
        File.Delete(CacheFolder);

        var cache = ImageCache.TryOpen(CacheFolder)!;
        Directory.Delete(CacheFolder, recursive: true);
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var packed = await ImageOfFiles(await FileTree.ReadAsync(Files, cancellationToken: Cancelled)).PackAsync(layout, new PackOptions { Cache = cache }, Cancelled);
        cache.Trim();
        Assert.Equal(packed.Descriptor, await PackAsync("plain", cached: false));
    }

    [Fact(Timeout = Limit)]
    public async Task Two_builds_at_once_share_it()
    {
        await WriteFilesAsync();
        var expected = await PackAsync("plain", cached: false);
        var packed = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => PackAsync($"layout{i % 4}"), Cancelled)));
        Assert.All(packed, descriptor => Assert.Equal(expected, descriptor));
        Assert.Single(Records);
    }

    [Fact(Timeout = Limit)]
    public async Task A_bases_blobs_are_fetched_once()
    {
        var origin = await OciLayout.OpenOrCreateAsync(Folder.Combine("origin"), Cancelled);
        var image = await ImageOf(Platform.LinuxAmd64).PackAsync(origin, cancellationToken: Cancelled);
        var cache = ImageCache.TryOpen(CacheFolder)!;
        await ImageCopy.CopyAsync(cache.Through(origin), image.Descriptor, await OciLayout.OpenOrCreateAsync(Folder.Combine("one"), Cancelled), cancellationToken: Cancelled);

        Directory.Delete(Folder.Combine("origin", "blobs"), recursive: true);
        await ImageCopy.CopyAsync(cache.Through(origin), image.Descriptor, await OciLayout.OpenOrCreateAsync(Folder.Combine("two"), Cancelled), cancellationToken: Cancelled);
        await ReadsAsItIsAsync("two", image.Descriptor);
    }

    private FileInfo[] Records => Directory.Exists(Path.Combine(CacheFolder, "layers")) ? new DirectoryInfo(Path.Combine(CacheFolder, "layers")).GetFiles() : [];

    /// <summary>Writes the folder, and waits until it is old enough to be remembered.</summary>
    private async Task WriteFilesAsync()
    {
        Folder.Write("files/a", "a");
        Folder.Write("files/b/c", "c");
        await Task.Delay(1100, Cancelled);
    }

    private async Task<Descriptor> PackAsync(string layout, bool cached = true, PackOptions? options = null)
    {
        var cache = cached ? ImageCache.TryOpen(CacheFolder) : null;
        var sink = await OciLayout.OpenOrCreateAsync(Folder.Combine(layout), Cancelled);
        var tree = await FileTree.ReadAsync(Files, cancellationToken: Cancelled);
        var packed = await ImageOfFiles(tree).PackAsync(sink, (options ?? new PackOptions()) with { Cache = cache }, Cancelled);
        cache?.Trim();
        return packed.Descriptor;
    }

    private static Image ImageOfFiles(FileTree tree) => Image.Scratch(Platform.LinuxAmd64).WithLayer(FileLayer.Create(files => files.AddTree("/", tree)));

    private async Task ReadsAsItIsAsync(string layout, Descriptor image)
    {
        var findings = new FindingBag();
        await ImageValidator.ValidateAsync(OciLayout.Open(Folder.Combine(layout)), image, findings, Cancelled);
        Assert.False(findings.HasErrors, string.Join('\n', findings.Sorted()));
    }
}
