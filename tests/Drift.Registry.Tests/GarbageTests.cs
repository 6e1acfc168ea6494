// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class GarbageTests : RegistryTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    [Fact]
    public async Task What_no_manifest_needs_goes_once_it_is_old()
    {
        var kept = await PushImageAsync("v1");
        var alone = await PushBlobAsync(RandomBytes(5000, 9));
        var deleted = await PushImageAsync("v2", seed: 2);
        using (var delete = await SendAsync(HttpMethod.Delete, $"/v2/demo/app/manifests/{Digest.Of(deleted)}")) Assert.Equal(HttpStatusCode.Accepted, delete.StatusCode);

        var young = await CollectAsync();
        Assert.Empty(young.Blobs);
        Assert.Equal(4, young.TooYoung); // The blob, the manifest, its config and its layer.
        Age();
        var told = await CollectAsync(dryRun: true);
        var freed = await CollectAsync();
        Assert.Equal(told.Size, freed.Size);
        Assert.Equal(4, freed.Blobs.Count);
        Assert.Contains(alone, freed.Blobs);
        Assert.Contains(Digest.Of(deleted), freed.Blobs);
        Assert.Equal(3, FilesIn("content").Length);
        Assert.Empty(FilesIn("garbage"));

        await AssertWholeAsync(kept);
        using (var gone = await SendAsync(HttpMethod.Head, $"/v2/demo/app/blobs/{alone}")) Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await AssertWholeAsync(await PushImageAsync("v2", seed: 2)); // It can come again.
    }

    [Fact]
    public async Task What_a_push_was_told_of_stays()
    {
        var content = RandomBytes(5000, 9);
        byte[] config = RandomBytes(10, 3), mounted = RandomBytes(20, 4), again = RandomBytes(30, 5);
        foreach (var blob in (byte[][])[content, config, again]) await PushBlobAsync(blob);
        await PushBlobAsync(mounted, "other");
        Age();
        // HEAD, mount, and a push of what is there: each is relied upon by the manifest that follows.
        using (var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/blobs/{Digest.Of(content)}")) Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        using (var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/blobs/{Digest.Of(config)}")) Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        using (var mount = await SendAsync(HttpMethod.Post, $"/v2/demo/app/blobs/uploads/?mount={Digest.Of(mounted)}")) Assert.Equal(HttpStatusCode.Created, mount.StatusCode);
        await PushBlobAsync(again);

        Assert.Empty((await CollectAsync()).Blobs);
        foreach (var layer in (byte[][])[content, mounted, again])
        {
            using var put = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", ManifestOf(config, layer), MediaTypes.OciManifest);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
        Age();
        await CollectAsync();
        await AssertWholeAsync(ManifestOf(config, again));
    }

    [Fact]
    public async Task Pushes_during_a_collection_lose_nothing()
    {
        for (var round = 0; round < 15; round++)
        {
            // Pushes find what is old and just being deleted, by asking for it, mounting it and sending it again.
            var manifests = new List<byte[]>();
            for (var seed = 0; seed < 8; seed++) manifests.Add(await ManifestOfNewBlobsAsync(seed: seed));
            Age();
            var collection = CollectAsync();
            await Task.WhenAll(manifests.Select(async (manifest, i) =>
            {
                if (i % 2 == 0) await ManifestOfNewBlobsAsync(seed: i);
                else
                {
                    foreach (var blob in OciJson.ReadManifest(manifest, "it") is var image ? image.Layers.Append(image.Config) : [])
                    {
                        using var mount = await SendAsync(HttpMethod.Post, $"/v2/demo/app/blobs/uploads/?mount={blob.Digest}");
                        if (mount.StatusCode != HttpStatusCode.Created) await ManifestOfNewBlobsAsync(seed: i);
                    }
                }
                using var put = await SendAsync(HttpMethod.Put, $"/v2/demo/app/manifests/v{i}", manifest, MediaTypes.OciManifest);
                Assert.True(put.StatusCode == HttpStatusCode.Created, await put.Content.ReadAsStringAsync(Cancelled));
            }));
            await collection;
            foreach (var manifest in manifests)
            {
                await AssertWholeAsync(manifest);
                using var delete = await SendAsync(HttpMethod.Delete, $"/v2/demo/app/manifests/{Digest.Of(manifest)}");
                Assert.Equal(HttpStatusCode.Accepted, delete.StatusCode);
            }
        }
        Assert.Empty(FilesIn("garbage"));
    }

    [Fact]
    public async Task A_collection_that_was_killed_is_undone_at_the_next_start()
    {
        var content = RandomBytes(5000, 9);
        var digest = await PushBlobAsync(content);
        var file = FilesIn("content").Single();
        var moved = file.Replace(Folder.Combine("registry"), Folder.Combine("registry", "garbage"), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
        File.Move(file, moved);
        await RestartAsync();
        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
    }

    [Fact]
    public async Task Nothing_is_deleted_when_a_manifest_cannot_be_read()
    {
        var manifest = await PushImageAsync("v1");
        await PushBlobAsync(RandomBytes(5000, 9));
        await File.WriteAllTextAsync(FilesIn("content").Single(path => Path.GetFileName(path) == Digest.Of(manifest).Hex), "{}", Cancelled);
        Age();
        var error = await Assert.ThrowsAsync<DriftException>(() => CollectAsync());
        Assert.Contains(Digest.Of(manifest).ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(4, FilesIn("content").Length);
    }

    private Task<RegistryGarbage> CollectAsync(TimeSpan? grace = null, bool dryRun = false) =>
        RegistryGarbage.CollectAsync(Folder.Combine("registry"), grace ?? Grace, dryRun: dryRun, cancellationToken: Cancelled);

    /// <summary>Makes everything two hours old.</summary>
    private void Age()
    {
        foreach (var file in FilesIn("content").Concat(FilesIn("repositories")))
        {
            try
            {
                File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(2));
            }
            catch (FileNotFoundException)
            {
                // Just deleted.
            }
        }
    }

    private async Task AssertWholeAsync(byte[] manifest)
    {
        Assert.Equal(manifest, await Client.GetByteArrayAsync($"/v2/demo/app/manifests/{Digest.Of(manifest)}", Cancelled));
        var image = OciJson.ReadManifest(manifest, "it");
        foreach (var blob in image.Layers.Append(image.Config))
            Assert.Equal(blob.Digest, Digest.Of(await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{blob.Digest}", Cancelled)));
    }
}
