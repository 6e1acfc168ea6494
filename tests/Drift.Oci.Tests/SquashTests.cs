// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Oci.Tests;

/// <summary>Layers made into one; each is written here as type, path and content or target.</summary>
public sealed class SquashTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // All layers: deletions are done and gone.
    [Theory]
    [InlineData("f a=1 | f a=2", "f a=2")]
    [InlineData("d d;f d/a=1;f d/b=1 | w d/.wh.a", "d d;f d/b=1")]
    [InlineData("d d;f d/a=1;f d/b=1 | w d/.wh..wh..opq;f d/c=2", "d d;f d/c=2")]
    [InlineData("d d;f d/a=1 | f d/c=2;w d/.wh..wh..opq", "d d;f d/c=2")]
    [InlineData("d d;f d/a=1 | w .wh.d", "")]
    [InlineData("d d;f d/a=1 | w .wh.d | d d;f d/b=3", "d d;f d/b=3")]
    [InlineData("d d;f d/a=1 | f d=2", "f d=2")]
    [InlineData("f d=1 | d d;f d/a=2", "d d;f d/a=2")]
    [InlineData("d usr;d usr/lib;l lib>usr/lib | f lib/x=2", "l lib>usr/lib;d usr;d usr/lib;f usr/lib/x=2")]
    [InlineData("l abs>/etc/x;d etc | f abs/../y=1", "!leaves the image")]
    [InlineData("l out>../../../etc;d etc | f out/x=1", "d etc;l out>../../../etc;f etc/x=1")]
    [InlineData("l a>b;l b>a | f a/x=1", "!links that go in a circle")]
    [InlineData("f ../x=1", "!leaves the image")]
    [InlineData("f a=1;h b>a", "f a=1;h b>a")]
    [InlineData("f b=1;h a>b", "f a=1;h b>a")]
    [InlineData("f a=1 | h b>a", "f a=1;h b>a")]
    [InlineData("f a=1;h b>a | w .wh.a", "f b=1")]
    [InlineData("f a=1;h b>a | f a=2", "f b=1;f a=2")]
    [InlineData("f a=1;h b>a;h c>b | w .wh.a", "f b=1;h c>b")]
    [InlineData("l s>x;h t>s", "l s>x;l t>x")]
    [InlineData("h b>a", "!which is no file")]
    [InlineData("d d;h b>d", "!which is no file")]
    [InlineData("w .wh..wh.plnk;f a=1", "f a=1")]
    [InlineData("f a=1;f a=2", "f a=2")]
    [InlineData("d ./;f ./a=1", "f a=1")]
    public Task All_layers_become_what_a_container_sees(string layers, string expected) => AssertAsync(layers, expected, below: 0);

    // Above a layer that stays: deletions are kept for it.
    [Theory]
    [InlineData("f x=0 | f a=1 | w .wh.x", "w .wh.x;f a=1")]
    [InlineData("f x=0 | w .wh.x | f x=2", "f x=2")]
    [InlineData("d d;f d/old=0 | w .wh.d | d d;f d/new=2", "d d;w d/.wh..wh..opq;f d/new=2")]
    [InlineData("d d;f d/old=0 | f d=1 | d d;f d/new=2", "d d;w d/.wh..wh..opq;f d/new=2")]
    [InlineData("d d;f d/old=0 | w d/.wh..wh..opq;f d/a=1 | f d/b=2", "w d/.wh..wh..opq;f d/a=1;f d/b=2")]
    [InlineData("d d;f d/x=0 | f d/y=1 | w d/.wh.y", "w d/.wh.y")]
    [InlineData("f x=0 | h y>x | f z=1", "h y>x;f z=1")]
    [InlineData("f x=0 | h y>x | f x=1", "!which they replace")]
    public Task Above_a_layer_that_stays_deletions_are_kept(string layers, string expected) => AssertAsync(layers, expected, below: 1);

    // Files taken out of the topmost layer; the patterns come first.
    [Theory]
    [InlineData("a", "f a=1;f b=2", "f b=2")]
    [InlineData("/d", "d d;f d/x=1;l d/y>x;f dd=2", "f dd=2")]
    [InlineData("**/*.pdb", "d d;f d/x.pdb=1;f x.pdb=2;f x=3", "d d;f x=3")]
    [InlineData("d,!d/keep", "d d;f d/x=1;f d/keep=2", "d d;f d/keep=2")]
    [InlineData("a", "f a=1;h b>a;h c>a;h e>b", "f b=1;h c>b;h e>b")]
    [InlineData("b", "f a=1;h b>a;h c>b", "f a=1;h c>a")]
    [InlineData("a,b", "f a=1;h b>a;h c>b", "f c=1")]
    [InlineData("s", "l s>x;h t>s", "l t>x")]
    [InlineData("x", "w .wh.x;f x=1", "w .wh.x")]
    [InlineData("d", "w d/.wh.x;f a=1", "f a=1")]
    [InlineData("gone", "h new>gone", "!hard link to /gone of a layer below")]
    [InlineData("a", "f ../b=1", "!leaves the image")]
    public async Task Files_are_taken_out(string patterns, string layer, string expected)
    {
        var (store, image) = await ImageAsync($"f gone=0;f below=0 | {layer}");
        await AssertPackedAsync(store, image.WithoutFiles(DockerIgnore.Parse(patterns.Replace(',', '\n'))), expected, layers: 2);
    }

    [Fact]
    public async Task A_layer_without_a_match_keeps_its_bytes()
    {
        var (store, image) = await ImageAsync("f a=1;f b=1 | f c=2 | d d;f d/a=3");
        var packed = await image.WithoutFiles(DockerIgnore.Parse("/a")).PackAsync(store, cancellationToken: Cancelled);
        Assert.Equal(image.Layers.Skip(1).Cast<PackedLayer>().Select(layer => layer.Descriptor), packed.Manifest.Layers.Skip(1));
        Assert.NotEqual(((PackedLayer)image.Layers[0]).DiffId, packed.Config.Rootfs.DiffIds[0]);
        Assert.Equal(3, packed.Config.History!.Count);
    }

    [Fact]
    public async Task A_damaged_layer_is_refused()
    {
        var (store, image) = await ImageAsync("f a=1 | f b=2");
        var layer = ((PackedLayer)image.Layers[0]).Descriptor;
        store.Blobs[layer.Digest][layer.Size / 2] ^= 1;
        var error = await Assert.ThrowsAnyAsync<DriftException>(async () => await image.Flatten().PackAsync(new MemoryStore(), cancellationToken: Cancelled));
        Assert.True(error.Code is ErrorCode.ContentMismatch or ErrorCode.InvalidContent, error.Message);
    }

    [Fact]
    public async Task History_and_config_say_what_was_done()
    {
        var (store, image) = await ImageAsync("f a=1 | f b=2 | f c=3");
        var packed = await image.WithConfig(config => config with { User = "7" }).Squash(2).PackAsync(store, cancellationToken: Cancelled);
        Assert.Equal(["layer 0", "drift squash"], packed.Config.History!.Select(entry => entry.CreatedBy));
        Assert.Equal(2, packed.Config.Rootfs.DiffIds.Count);
        Assert.Equal("7", packed.Config.Config!.User);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Squash(4));
        Assert.Throws<ArgumentException>(() => Image.Scratch(Platform.LinuxAmd64).WithLayer(FileLayer.Create(_ => { })).Flatten());
    }

    [Fact]
    public async Task Deep_folders_are_refused_and_not_followed()
    {
        var deep = string.Join('/', Enumerable.Repeat("d", 1500));
        var (_, image) = await ImageAsync($"f {deep}/a=1;l l>{deep} | f l/{string.Join('/', Enumerable.Repeat("e", 1500))}/b=1");
        var error = await Assert.ThrowsAsync<DriftException>(async () => await image.Flatten().PackAsync(DiscardSink.Instance, cancellationToken: Cancelled));
        Assert.Contains("nest deeper", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertAsync(string layers, string expected, int below)
    {
        var (store, image) = await ImageAsync(layers);
        await AssertPackedAsync(store, image.Squash(image.Layers.Count - below), expected, below + 1);
    }

    /// <summary>Packs a plan and compares its topmost layer, or the error after an exclamation mark.</summary>
    private static async Task AssertPackedAsync(MemoryStore store, Image plan, string expected, int layers)
    {
        if (expected.StartsWith('!'))
        {
            var error = await Assert.ThrowsAsync<DriftException>(async () => await plan.PackAsync(store, cancellationToken: Cancelled));
            Assert.Contains(expected[1..], error.Message, StringComparison.Ordinal);
            Assert.NotNull(error.Hint);
            return;
        }
        var packed = await plan.PackAsync(store, cancellationToken: Cancelled);
        Assert.Equal(layers, packed.Manifest.Layers.Count);
        await using var tar = await ((PackedLayer)(await Image.FromAsync(store, packed.Descriptor, Cancelled)).Layers[^1]).OpenTarAsync(Cancelled);
        var reader = new TarReader(tar, "result");
        var entries = new List<string>();
        while (await reader.ReadAsync(Cancelled) is { } entry)
        {
            var content = new byte[entry.Size];
            for (var offset = 0; offset < content.Length;) offset += await reader.ReadContentAsync(content.AsMemory(offset), Cancelled);
            entries.Add(entry.Type switch
            {
                TarEntryType.Directory => $"d {entry.Path.TrimEnd('/')}",
                TarEntryType.SymbolicLink => $"l {entry.Path}>{entry.LinkTarget}",
                TarEntryType.HardLink => $"h {entry.Path}>{entry.LinkTarget}",
                _ when entry.Path.Contains(".wh.", StringComparison.Ordinal) => $"w {entry.Path}",
                _ => $"f {entry.Path}={Encoding.UTF8.GetString(content)}",
            });
        }
        Assert.Equal(expected, string.Join(';', entries));
    }

    private static async Task<(MemoryStore Store, Image Image)> ImageAsync(string layers)
    {
        var store = new MemoryStore();
        var image = Image.Scratch(Platform.LinuxAmd64);
        foreach (var (number, layer) in layers.Split(" | ").Index())
        {
            using var archive = new MemoryStream();
            var writer = new TarWriter(archive);
            foreach (var entry in layer.Split(';')) await WriteAsync(writer, entry);
            await writer.FinishAsync(Cancelled);
            var bytes = archive.ToArray();
            // An archive of ours may not leave the image; one of someone else's may.
            var diffId = Digest.Of(bytes);
            var descriptor = new Descriptor { MediaType = MediaTypes.OciLayer, Digest = diffId, Size = bytes.Length };
            await store.WriteBlobAsync(descriptor, bytes, Cancelled);
            image = image.WithLayer(new PackedLayer(descriptor, diffId, store), $"layer {number}");
        }
        return (store, await Image.FromAsync(store, (await image.PackAsync(store, cancellationToken: Cancelled)).Descriptor, Cancelled));
    }

    private static async Task WriteAsync(TarWriter writer, string text)
    {
        var rest = text[2..];
        var split = rest.IndexOfAny(['=', '>']);
        var (path, value) = split < 0 ? (rest, "") : (rest[..split], rest[(split + 1)..]);
        var content = text[0] == 'f' ? Encoding.UTF8.GetBytes(value) : [];
        var entry = new TarEntry
        {
            Path = path,
            Type = text[0] switch { 'd' => TarEntryType.Directory, 'l' => TarEntryType.SymbolicLink, 'h' => TarEntryType.HardLink, _ => TarEntryType.File },
            LinkTarget = text[0] is 'l' or 'h' ? value : "",
            Size = content.Length,
        };
        using var stream = new MemoryStream(content);
        await writer.WriteAsync(entry, stream, Cancelled);
    }
}
