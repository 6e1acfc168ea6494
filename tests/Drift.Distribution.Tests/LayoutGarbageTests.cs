// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Garbage in a layout: what goes, and what must not.</summary>
public sealed class LayoutGarbageTests : DistributionTest
{
    private string Layout => Folder.Combine("layout");

    [Fact(Timeout = Limit)]
    public async Task Deletes_what_a_moved_tag_left_and_nothing_else()
    {
        var old = await WriteImageAsync($"oci:{Layout}:v1", seed: 3);
        var oldBlobs = BlobsIn(Layout);
        await WriteIndexAsync($"oci:{Layout}:v1");
        var all = BlobsIn(Layout);

        var dry = await CollectAsync(dryRun: true);
        Assert.Equal(all, BlobsIn(Layout));
        var report = await CollectAsync();
        Assert.Equal(dry.Blobs, report.Blobs);
        Assert.Equal(dry.Size, report.Size);
        Assert.Contains(old.Digest, report.Blobs);
        Assert.Equal(oldBlobs, report.Blobs.Select(blob => blob.Hex));
        Assert.Equal(all.Except(oldBlobs), BlobsIn(Layout));
        // Every byte of the other is there.
        await CopyAsync($"oci:{Layout}:v1", $"oci:{Folder.Combine("copy")}:v1");
        Assert.Empty((await CollectAsync()).Blobs);
    }

    [Fact(Timeout = Limit)]
    public async Task Keeps_an_index_inside_an_index()
    {
        var inner = await WriteIndexAsync($"oci:{Layout}:inner");
        var layout = OciLayout.Open(Layout);
        var outer = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [inner] });
        await layout.WriteManifestAsync(Descriptor.Of(MediaTypes.OciIndex, outer), outer, Cancelled);
        await layout.TagAsync(Descriptor.Of(MediaTypes.OciIndex, outer), "outer", Cancelled);
        await layout.UntagAsync("inner", Cancelled);
        Assert.Empty((await CollectAsync()).Blobs);
    }

    [Fact(Timeout = Limit)]
    public async Task Keeps_the_referrers_of_what_stays_and_theirs()
    {
        var kept = await WriteImageAsync($"oci:{Layout}:v1", seed: 1);
        var gone = await WriteImageAsync($"oci:{Layout}:v2", seed: 2);
        var signature = await WriteReferrerAsync(kept, "signature");
        var signatureOfSignature = await WriteReferrerAsync(signature, "more");
        var lost = await WriteReferrerAsync(gone, "lost");
        var layout = OciLayout.Open(Layout);
        await layout.UntagAsync("v2", Cancelled);
        var report = await CollectAsync();
        Assert.Contains(lost.Digest, report.Blobs);
        Assert.Contains(gone.Digest, report.Blobs);
        var copy = await OciLayout.OpenOrCreateAsync(Folder.Combine("copy"), Cancelled);
        foreach (var manifest in new[] { signature, signatureOfSignature }) await ImageCopy.CopyAsync(layout, manifest, copy, cancellationToken: Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task Leaves_what_is_young_or_was_asked_for()
    {
        await WriteImageAsync($"oci:{Layout}:v1", seed: 1);
        var layout = OciLayout.Open(Layout);
        await layout.UntagAsync("v1", Cancelled);
        var young = await CollectAsync(grace: TimeSpan.FromHours(1), age: false);
        Assert.Empty(young.Blobs);
        Assert.Equal(3, young.TooYoung);

        // A writer that finds a blob does not write it again: it counts as new.
        Age();
        var packed = await ImageOf(Platform.LinuxAmd64, seed: 1).PackAsync(layout, cancellationToken: Cancelled);
        Assert.Empty((await CollectAsync(grace: TimeSpan.FromHours(1), age: false)).Blobs);
        await layout.TagAsync(packed.Descriptor, "v1", Cancelled);
        await CopyAsync($"oci:{Layout}:v1", $"oci:{Folder.Combine("copy")}:v1");
    }

    [Theory(Timeout = Limit)]
    [InlineData("missing", ErrorCode.NotFound)]
    [InlineData("changed", ErrorCode.ContentMismatch)]
    public async Task Stops_at_a_manifest_that_it_cannot_read(string damage, ErrorCode code)
    {
        await WriteImageAsync($"oci:{Layout}:v1", seed: 3);
        await WriteImageAsync($"oci:{Layout}:v1", seed: 4);
        var image = await WriteIndexAsync($"oci:{Layout}:v2");
        var layout = OciLayout.Open(Layout);
        var index = OciJson.ReadIndex((await layout.ReadManifestAsync(image, Cancelled)).Span, "test");
        var path = Path.Combine(Layout, "blobs", "sha256", index.Manifests[1].Digest.Hex);
        if (damage == "missing") File.Delete(path);
        else await File.WriteAllTextAsync(path, "{}", Cancelled);
        var before = BlobsIn(Layout);
        var error = await FailsAsync(code, () => CollectAsync());
        AssertContains("nothing was deleted", error.Message);
        AssertContains(index.Manifests[1].Digest.ToString(), error.Message);
        Assert.Equal(before, BlobsIn(Layout));
    }

    [Fact(Timeout = Limit)]
    public async Task Stops_at_a_type_whose_parts_it_does_not_know()
    {
        await WriteImageAsync($"oci:{Layout}:v1", seed: 3);
        var layout = OciLayout.Open(Layout);
        var artifact = Encoding.UTF8.GetBytes("""{"blobs":[]}""");
        var descriptor = Descriptor.Of("application/vnd.oci.artifact.manifest.v1+json", artifact);
        await layout.WriteManifestAsync(descriptor, artifact, Cancelled);
        await layout.TagAsync(descriptor, "v1", Cancelled);
        var before = BlobsIn(Layout);
        AssertContains("artifact.manifest", (await FailsAsync(ErrorCode.NotSupported, () => CollectAsync())).Message);
        Assert.Equal(before, BlobsIn(Layout));
    }

    [Fact(Timeout = Limit)]
    public async Task Leaves_files_that_are_no_blobs()
    {
        await WriteImageAsync($"oci:{Layout}:v1");
        var other = Folder.Write("layout/blobs/sha256/README", "mine");
        Assert.Empty((await CollectAsync()).Blobs);
        Assert.True(File.Exists(other));
    }

    private Task<GarbageReport> CollectAsync(TimeSpan grace = default, bool dryRun = false, bool age = true)
    {
        if (age) Age();
        return OciLayout.Open(Layout).CollectGarbageAsync(grace, dryRun, Cancelled);
    }

    /// <summary>Makes every blob two hours old.</summary>
    private void Age()
    {
        var then = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Layout, "blobs", "sha256"))) File.SetLastWriteTimeUtc(file, then);
    }

    private async Task<Descriptor> WriteReferrerAsync(Descriptor subject, string content)
    {
        var layout = OciLayout.Open(Layout);
        var empty = "{}"u8.ToArray();
        var layer = Encoding.UTF8.GetBytes(content);
        await layout.WriteBlobAsync(Descriptor.Of("application/vnd.oci.empty.v1+json", empty), empty, Cancelled);
        await layout.WriteBlobAsync(Descriptor.Of("text/plain", layer), layer, Cancelled);
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","artifactType":"a/b",
             "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{Digest.Of(empty)}}","size":2},
             "layers":[{"mediaType":"text/plain","digest":"{{Digest.Of(layer)}}","size":{{layer.Length}} }],
             "subject":{"mediaType":"{{subject.MediaType}}","digest":"{{subject.Digest}}","size":{{subject.Size}} } }
            """);
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, manifest);
        await layout.WriteManifestAsync(descriptor, manifest, Cancelled);
        return descriptor;
    }

    private static string[] BlobsIn(string layout) => [.. Directory.EnumerateFiles(Path.Combine(layout, "blobs", "sha256")).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
}
