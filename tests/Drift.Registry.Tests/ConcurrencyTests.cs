// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class ConcurrencyTests : RegistryTest
{
    [Fact]
    public async Task Twenty_clients_push_the_same_image_at_once()
    {
        var manifests = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PushImageAsync($"v{i % 4}")));
        Assert.All(manifests, manifest => Assert.Equal(manifests[0], manifest));
        Assert.Equal(3, FilesIn("content").Length);
        Assert.Single(FilesIn("uploads"));
        Assert.Equal(manifests[0], await Client.GetByteArrayAsync("/v2/demo/app/manifests/v3", Cancelled));
    }

    [Fact]
    public async Task Twenty_clients_push_the_same_blob_while_others_read_it()
    {
        var content = RandomBytes(2_000_000);
        var digest = await PushBlobAsync(content);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            if (i % 2 == 0) await PushBlobAsync(content, $"repository{i}");
            else Assert.Equal(digest, Digest.Of(await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled)));
        }));
        Assert.Single(FilesIn("content"));
    }

    [Fact]
    public async Task A_tag_that_moves_is_always_whole()
    {
        byte[][] manifests = [await PushImageAsync("v1", seed: 1), await PushImageAsync("v1", seed: 2)];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var read = await Client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled);
                Assert.Contains(manifests, manifest => manifest.AsSpan().SequenceEqual(read));
            }
        }, Cancelled);
        for (var i = 0; i < 100; i++)
        {
            using var put = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", manifests[i % 2], MediaTypes.OciManifest);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }
        await done.CancelAsync();
        await reader;
    }
}
