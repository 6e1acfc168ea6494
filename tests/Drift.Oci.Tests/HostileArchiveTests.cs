// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>Small archives and documents that would take much memory or much time. What takes too much time fails by its time-out.</summary>
public sealed class HostileArchiveTests
{
    private const int Limit = 20_000;
    private const int Many = 30_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_extended_headers_of_one_entry_are_bounded_together()
    {
        using var archive = new MemoryStream();
        for (var i = 0; i < 3; i++) await WriteAttributeAsync(archive, 400_000);
        var bytes = archive.ToArray();
        // Only the last of the headers is followed by its entry.
        var header = bytes.Length / 3 - TarFormat.BlockSize;
        byte[] joined = [.. bytes[..header], .. bytes.AsSpan(header + TarFormat.BlockSize, header), .. bytes.AsSpan(2 * (header + TarFormat.BlockSize))];
        var error = await Assert.ThrowsAsync<DriftException>(async () => await new TarReader(new MemoryStream(joined), "x").ReadAsync(Cancelled));
        Assert.Contains("extended headers of 12", error.Message, StringComparison.Ordinal);
        var apart = new TarReader(new MemoryStream(bytes), "x");
        for (var i = 0; i < 3; i++) Assert.Equal(400_000, (await apart.ReadAsync(Cancelled))!.ExtendedAttributes!["user.a"].Length);
    }

    [Theory]
    [InlineData("flatten")]
    [InlineData("strip")]
    [InlineData("files")]
    public async Task Names_and_attributes_that_would_fill_the_memory_are_refused(string how)
    {
        // A quarter of a megabyte that stands for some hundred megabytes of attributes.
        using var entry = new MemoryStream();
        await WriteAttributeAsync(entry, 1_000_000);
        var member = ValidationImage.Gzip(entry.ToArray());
        byte[] blob = [.. Enumerable.Repeat(member, (int)(NameBudget.MaximumLength / 1_000_000) + 2).SelectMany(bytes => bytes)];
        var store = new MemoryStore();
        var descriptor = Descriptor.Of(MediaTypes.OciLayerGzip, blob);
        await store.WriteBlobAsync(descriptor, blob, Cancelled);
        var image = Image.Scratch(Platform.LinuxAmd64).WithLayer(new PackedLayer(descriptor, Digest.Of([]), store));
        var error = await Assert.ThrowsAsync<DriftException>(async () =>
        {
            if (how == "files") await FlattenedFiles.ReadAsync(store, [descriptor], cancellationToken: Cancelled);
            else await (how == "flatten" ? image.Flatten() : image.WithoutFiles(DockerIgnore.Parse("a"))).PackAsync(store, cancellationToken: Cancelled);
        });
        Assert.Equal(ErrorCode.InvalidContent, error.Code);
        Assert.Contains("brings the names of the image's files to more than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_only_paths_name_count_too()
    {
        var budget = new NameBudget();
        for (var i = 0; i < NameBudget.MaximumFiles; i++) budget.AddFolder("a", "x");
        Assert.Contains("more than 2000000 files and folders", Assert.Throws<DriftException>(() => budget.AddFolder("a", "x")).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_folder_that_is_hidden_over_and_over_is_hidden_once()
    {
        var store = new MemoryStore();
        var image = Image.Scratch(Platform.LinuxAmd64)
            .WithLayer(await LayerAsync(store, Enumerable.Range(0, Many).Select(i => $"folder/{i}")))
            .WithLayer(await LayerAsync(store, Enumerable.Range(0, Many).Select(i => $"folder/new{i}").Concat(Enumerable.Repeat("folder/.wh..wh..opq", Many)).Concat(Enumerable.Repeat(".wh.folder", Many))));
        var packed = await Task.Run(async () => await image.Flatten().PackAsync(store, cancellationToken: Cancelled), Cancelled);
        var files = await FlattenedFiles.ReadAsync(store, packed.Manifest.Layers, cancellationToken: Cancelled);
        Assert.Equal(Many, files.All().Count(file => file.Path.StartsWith("folder/new", StringComparison.Ordinal)));
        Assert.Null(files.Find("folder/0"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_config_of_many_small_parts_is_read_in_one_go()
    {
        var json = Encoding.ASCII.GetBytes($$"""{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":[]},"history":[{{string.Join(',', Enumerable.Repeat("{}", 1_000_000))}}]}""");
        Assert.Equal(1_000_000, (await Task.Run(() => OciJson.ReadConfig(json, "x"), Cancelled)).History!.Count);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("140737488355329")]
    [InlineData("9223372036854775807")]
    public void A_size_that_no_content_has_is_refused(string size)
    {
        var json = $$"""{"schemaVersion":2,"config":{"mediaType":"x","digest":"{{Digest.Of([])}}","size":{{size}}},"layers":[]}""";
        var error = Assert.Throws<DriftException>(() => OciJson.ReadManifest(Encoding.ASCII.GetBytes(json), "x"));
        Assert.Contains("config.size is not a size in bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patterns_are_bounded()
    {
        foreach (var (text, problem) in new[]
        {
            (new string('a', 4097), "Line 1 of .dockerignore has a pattern of 4097 characters"), ("\n" + string.Concat(Enumerable.Repeat("?", 4096)), "Line 2 of .dockerignore has a pattern of 4096 characters, which is too long"),
            (string.Join('\n', Enumerable.Repeat("a", 2001)), "Line 2001 of .dockerignore has one pattern too many"),
        })
        {
            var error = Assert.Throws<DriftException>(() => DockerIgnore.Parse(text));
            Assert.Equal(ErrorCode.InvalidSetting, error.Code);
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        }
        Assert.True(DockerIgnore.Parse(string.Concat(Enumerable.Repeat("**/", 1000)) + "a").IsExcluded("x/y/a"));

        using var folder = new TemporaryDirectory();
        folder.Write(DockerIgnore.FileName, new string('\n', 1024 * 1024 + 1));
        Assert.Contains("is larger than 1048576 bytes", (await Assert.ThrowsAsync<DriftException>(() => DockerIgnore.ReadAsync(folder.Path, Cancelled))).Message, StringComparison.Ordinal);
    }

    private static async Task WriteAttributeAsync(Stream archive, int size) =>
        await new TarWriter(archive).WriteAsync(new TarEntry { Path = "a", Type = TarEntryType.File, ExtendedAttributes = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["user.a"] = new byte[size] } }, Cancelled);

    private static async Task<PackedLayer> LayerAsync(MemoryStore store, IEnumerable<string> paths)
    {
        var tar = await ValidationImage.TarAsync(paths.Select(ValidationImage.File));
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, tar);
        await store.WriteBlobAsync(descriptor, tar, Cancelled);
        return new PackedLayer(descriptor, descriptor.Digest, store);
    }
}
