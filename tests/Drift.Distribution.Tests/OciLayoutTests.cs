// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

public sealed class OciLayoutTests : DistributionTest
{
    private string Layout => Folder.Combine("layout");

    [Fact(Timeout = Limit)]
    public async Task Holds_several_tags_and_one_image_without()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        var v1 = await WriteImageAsync($"oci:{Layout}:v1", seed: 1);
        var v2 = await WriteImageAsync($"oci:{Layout}:v2", seed: 2);
        Assert.Equal(v1.Digest, (await layout.ResolveAsync("v1", Cancelled)).Digest);
        Assert.Equal(v2.Digest, (await layout.ResolveAsync("v2", Cancelled)).Digest);

        await WriteImageAsync($"oci:{Layout}", seed: 3);
        var untagged = await WriteImageAsync($"oci:{Layout}", seed: 4);
        Assert.Equal(untagged.Digest, (await layout.ResolveAsync(null, Cancelled)).Digest);
        Assert.Equal(v1.Digest, (await layout.ResolveAsync("v1", Cancelled)).Digest);
        Assert.Equal(v2.Digest, (await layout.ResolveAsync("v2", Cancelled)).Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task Moves_a_tag()
    {
        await WriteImageAsync($"oci:{Layout}:v1", seed: 1);
        var moved = await WriteImageAsync($"oci:{Layout}:v1", seed: 2);
        var layout = OciLayout.Open(Layout);
        Assert.Equal(moved.Digest, (await layout.ResolveAsync("v1", Cancelled)).Digest);
        Assert.Equal(moved.Digest, (await layout.ResolveAsync(null, Cancelled)).Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task Lists_the_tags_when_one_is_missing_or_needed()
    {
        await WriteImageAsync($"oci:{Layout}:v1", seed: 1);
        await WriteImageAsync($"oci:{Layout}:v2", seed: 2);
        var layout = OciLayout.Open(Layout);
        AssertContains("v1, v2", (await FailsAsync(ErrorCode.NotFound, () => layout.ResolveAsync("v3", Cancelled))).Hint);
        AssertContains($"oci:{Layout}:TAG; it has v1, v2", (await FailsAsync(ErrorCode.NotFound, () => layout.ResolveAsync(null, Cancelled))).Hint);
    }

    [Fact(Timeout = Limit)]
    public async Task Says_that_a_layout_is_empty()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        AssertContains("holds no image", (await FailsAsync(ErrorCode.NotFound, () => layout.ResolveAsync(null, Cancelled))).Message);
        AssertContains("none", (await FailsAsync(ErrorCode.NotFound, () => layout.ResolveAsync("v1", Cancelled))).Hint);
    }

    [Fact(Timeout = Limit)]
    public async Task Many_writers_at_once_lose_no_tag()
    {
        // Each opens the layout for itself, the first time too, as a process of its own would.
        var tags = Enumerable.Range(0, 24).Select(i => $"v{i}").ToArray();
        await Task.WhenAll(tags.Select((tag, i) => Task.Run(() => WriteImageAsync($"oci:{Layout}:{tag}", seed: i), Cancelled)));
        var layout = OciLayout.Open(Layout);
        foreach (var tag in tags) await layout.ResolveAsync(tag, Cancelled);
        Assert.DoesNotContain(FilesIn(Layout), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Refuses_a_folder_of_others()
    {
        Folder.Write("layout/holiday.jpg", "");
        AssertContains("holds other files", (await FailsAsync(ErrorCode.FileSystem, () => WriteImageAsync($"oci:{Layout}"))).Message);
        Assert.Equal(["holiday.jpg"], FilesIn(Layout));
        await FailsAsync(ErrorCode.InvalidContent, () => CopyAsync($"oci:{Layout}", $"oci:{Layout}2"));
        await FailsAsync(ErrorCode.SourceNotFound, () => CopyAsync($"oci:{Folder.Combine("nowhere")}", $"oci:{Layout}2"));
    }

    [Fact(Timeout = Limit)]
    public async Task Completes_a_layout_whose_creation_was_cut_off()
    {
        Directory.CreateDirectory(Path.Combine(Layout, "blobs", "sha256"));
        Folder.Write("layout/.drift-0123.tmp", "{");
        await WriteImageAsync($"oci:{Layout}:v1");
        await OciLayout.Open(Layout).ResolveAsync("v1", Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task A_blob_that_is_not_committed_leaves_nothing()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        var before = FilesIn(Layout);
        await using (var blob = await layout.CreateBlobAsync(cancellationToken: Cancelled)) await blob.WriteAsync(RandomBytes(300_000), Cancelled);
#pragma warning disable CA1849, MA0042, S6966 // A caller that forgets the await is what is tested.
        using (var blob = await layout.CreateBlobAsync(cancellationToken: Cancelled)) await blob.WriteAsync(RandomBytes(10), Cancelled);
#pragma warning restore CA1849, MA0042, S6966
        Assert.Equal(before, FilesIn(Layout));
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schemaVersion":2,"manifests":null}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"digest":"sha256:../../etc/passwd","size":1,"mediaType":"a/b"}]}""")]
    public async Task Names_a_damaged_index(string index)
    {
        await WriteImageAsync($"oci:{Layout}:v1");
        Folder.Write("layout/index.json", index);
        AssertContains(Layout, (await FailsAsync(ErrorCode.InvalidContent, () => OciLayout.Open(Layout).ResolveAsync("v1", Cancelled))).Message);
        await FailsAsync(ErrorCode.InvalidContent, () => WriteImageAsync($"oci:{Layout}:v2"));
        Assert.Equal(index, await File.ReadAllTextAsync(Path.Combine(Layout, "index.json"), Cancelled));
    }

    [Theory(Timeout = Limit)]
    [InlineData("missing", ErrorCode.NotFound)]
    [InlineData("truncated", ErrorCode.ContentMismatch)]
    [InlineData("longer", ErrorCode.ContentMismatch)]
    [InlineData("changed", ErrorCode.ContentMismatch)]
    public async Task Copies_no_damaged_blob(string damage, ErrorCode code)
    {
        var image = await WriteAsync($"oci:{Layout}:v1", async sink => (await ImageOf(Platform.LinuxAmd64).PackAsync(sink, cancellationToken: Cancelled)).Descriptor);
        var layout = OciLayout.Open(Layout);
        var manifest = OciJson.ReadManifest((await layout.ReadManifestAsync(image, Cancelled)).Span, "test");
        foreach (var blob in new[] { image, manifest.Config, manifest.Layers[0] })
        {
            var path = Path.Combine(Layout, "blobs", "sha256", blob.Digest.Hex);
            var whole = await File.ReadAllBytesAsync(path, Cancelled);
            if (damage == "missing") File.Delete(path);
            else await File.WriteAllBytesAsync(path, damage == "truncated" ? whole[..^1] : damage == "longer" ? [.. whole, 0] : [.. whole[..^1], (byte)~whole[^1]], Cancelled);
            // One of its own: what came whole while another blob failed may stay, and is not copied again.
            var copy = Folder.Combine("copy-of-" + blob.Digest.Hex);
            AssertContains(blob.Digest.ToString(), (await FailsAsync(code, () => CopyAsync($"oci:{Layout}:v1", $"oci:{copy}:v1"))).Message);
            await FailsAsync(ErrorCode.NotFound, () => OciLayout.Open(copy).ResolveAsync("v1", Cancelled));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(copy, "blobs", "sha256"))) Assert.Equal(Path.GetFileName(file), Digest.Of(await File.ReadAllBytesAsync(file, Cancelled)).Hex);
            await File.WriteAllBytesAsync(path, whole, Cancelled);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_tag_keeps_the_annotations_but_for_the_name()
    {
        var image = await WriteImageAsync($"oci:{Layout}:v1");
        var layout = OciLayout.Open(Layout);
        var annotated = image with { Annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = "old", ["io.containerd.image.name"] = "docker.io/library/old:1", ["com.example.team"] = "a" } };
        await layout.TagAsync(annotated, "v2", Cancelled);
        Assert.Equal(new Dictionary<string, string> { ["com.example.team"] = "a", ["org.opencontainers.image.ref.name"] = "v2" }, (await layout.ResolveAsync("v2", Cancelled)).Annotations);
        await layout.TagAsync(annotated, null, Cancelled);
        Assert.Equal(new Dictionary<string, string> { ["com.example.team"] = "a" }, (await layout.ResolveAsync(null, Cancelled)).Annotations);
        // An archive keeps them too.
        await CopyAsync($"oci:{Layout}:v2", $"oci-archive:{Folder.Combine("x.tar")}:v3");
        await using var archived = await ImageOrigin.OpenAsync(ImageLocation.Parse($"oci-archive:{Folder.Combine("x.tar")}:v3"), cancellationToken: Cancelled);
        Assert.Equal("a", archived.Root.Annotations!["com.example.team"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Takes_a_tag_away()
    {
        var v1 = await WriteImageAsync($"oci:{Layout}:v1", seed: 1);
        await WriteImageAsync($"oci:{Layout}:v2", seed: 2);
        var layout = OciLayout.Open(Layout);
        await layout.UntagAsync("v2", Cancelled);
        Assert.Equal(v1.Digest, (await layout.ResolveAsync(null, Cancelled)).Digest);
        AssertContains("v1", (await FailsAsync(ErrorCode.NotFound, () => layout.UntagAsync("v2", Cancelled))).Hint);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_half_written_is_not_among_the_blobs()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        await using var blob = await layout.CreateBlobAsync(cancellationToken: Cancelled);
        await blob.WriteAsync(RandomBytes(300_000), Cancelled);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Layout, "blobs", "sha256")));
        Assert.Single(Directory.GetFiles(Layout, ".drift-*.tmp"));
    }

    [Fact(Timeout = Limit)]
    public async Task The_next_writer_clears_up_after_one_that_was_killed()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        var abandoned = Folder.Write("layout/.drift-0123.tmp", "half");
        var young = Folder.Write("layout/.drift-4567.tmp", "half");
        await using var written = await layout.CreateBlobAsync(cancellationToken: Cancelled);
        foreach (var file in Directory.GetFiles(Layout, ".drift-*.tmp").Where(file => file != young)) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        // What a writer holds stays, however old it is.
        Assert.False(File.Exists(abandoned));
        Assert.Equal(2, Directory.GetFiles(Layout, ".drift-*.tmp").Length);
        var content = RandomBytes(10);
        await written.WriteAsync(content, Cancelled);
        await written.CommitAsync(Descriptor.Of("a/b", content), Cancelled);
    }
}
