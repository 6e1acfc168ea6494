// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Registry;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>The client against two registries: Drift's own, and Debian's docker-registry.</summary>
public sealed class RegistryTests : DistributionTest
{
    public static TheoryData<bool> Registries => [false, true];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Registries))]
    public async Task An_index_goes_in_and_comes_out_unchanged(bool debian)
    {
        await using var registry = await StartAsync(debian);
        var host = HostOf(registry);
        var root = await WriteIndexAsync($"{host}/demo/app:v1");
        foreach (var reference in new[] { $"{host}/demo/app:v1", $"{host}/demo/app@{root.Digest}", $"{host}/demo/app:ignored@{root.Digest}" })
        {
            Assert.Equal(root.Digest, (await CopyAsync(reference, $"oci:{Folder.Combine("pulled")}:v1")).Digest);
        }
        await WriteIndexAsync($"oci:{Folder.Combine("built")}:v1");
        Assert.Equal(FilesIn(Folder.Combine("built")), FilesIn(Folder.Combine("pulled")));

        // A tag that is not written is latest.
        await WriteImageAsync($"{host}/demo/app");
        await using var latest = await ImageOrigin.OpenAsync(ImageLocation.Parse($"{host}/demo/app:latest"), cancellationToken: Cancelled);
        Assert.True(MediaTypes.IsManifest(latest.Root.MediaType));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Registries))]
    public async Task Blobs_of_every_size_go_in_with_and_without_a_known_size(bool debian)
    {
        await using var registry = await StartAsync(debian);
        var repository = Repository.Open(ImageReference.Parse($"{HostOf(registry)}/demo/app"));
        // The middle sizes stand around the one from which a blob streams.
        int[] sizes = [0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 8_000_000];
        foreach (var (size, known) in sizes.SelectMany(size => new[] { (size, true), (size, false) }))
        {
            var content = RandomBytes(size, seed: known ? size + 1 : -size - 1);
            var descriptor = Descriptor.Of(MediaTypes.OciLayer, content);
            await using (var blob = await repository.CreateBlobAsync(known ? descriptor : null, Cancelled))
            {
                for (var at = 0; at < size; at += 300_000) await blob.WriteAsync(content.AsMemory(at, Math.Min(300_000, size - at)), Cancelled);
                await blob.CommitAsync(descriptor, Cancelled);
            }
            Assert.True(size < 16 * 1024 || await repository.ContainsBlobAsync(descriptor, Cancelled));
            Assert.Equal(content, await ReadAsync(repository, descriptor));
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Registries))]
    public async Task An_upload_that_is_given_up_shows_nothing(bool debian)
    {
        await using var registry = await StartAsync(debian);
        var repository = Repository.Open(ImageReference.Parse($"{HostOf(registry)}/demo/app"));
        var content = RandomBytes(4_000_000);
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, content);
        foreach (var expected in new[] { descriptor, null })
        {
            await using (var blob = await repository.CreateBlobAsync(expected, Cancelled)) await blob.WriteAsync(content.AsMemory(0, 3_000_000), Cancelled);
            Assert.False(await repository.ContainsBlobAsync(descriptor, Cancelled));
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Registries))]
    public async Task The_registry_refuses_content_of_another_digest(bool debian)
    {
        await using var registry = await StartAsync(debian);
        var repository = Repository.Open(ImageReference.Parse($"{HostOf(registry)}/demo/app"));
        foreach (var size in new[] { 10, 3_000_000 })
        {
            var lie = Descriptor.Of(MediaTypes.OciLayer, RandomBytes(size, seed: 2));
            await using var blob = await repository.CreateBlobAsync(cancellationToken: Cancelled);
            await blob.WriteAsync(RandomBytes(size), Cancelled);
            AssertContains("DIGEST_INVALID", (await FailsAsync(ErrorCode.RegistryError, async () => await blob.CommitAsync(lie, Cancelled))).Message);
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Registries))]
    public async Task Names_what_is_not_there(bool debian)
    {
        await using var registry = await StartAsync(debian);
        var host = HostOf(registry);
        await WriteImageAsync($"{host}/demo/app:v1");
        AssertContains("MANIFEST_UNKNOWN", (await FailsAsync(ErrorCode.NotFound, () => CopyAsync($"{host}/demo/app:v2", $"oci:{Folder.Combine("x")}"))).Message);
        AssertContains("demo/none", (await FailsAsync(ErrorCode.NotFound, () => CopyAsync($"{host}/demo/none:v1", $"oci:{Folder.Combine("x")}"))).Message);
        var repository = Repository.Open(ImageReference.Parse($"{host}/demo/app"));
        await FailsAsync(ErrorCode.NotFound, () => ReadAsync(repository, Descriptor.Of(MediaTypes.OciLayer, [1])));
        Assert.False(Directory.Exists(Folder.Combine("x")));
    }

    [Fact(Timeout = Limit)]
    public async Task Copies_from_one_registry_to_another_and_back()
    {
        await using var own = await StartAsync(debian: false);
        await using var debian = await StartAsync(debian: true);
        var root = await WriteIndexAsync($"{HostOf(own)}/demo/app:v1");
        Assert.Equal(root.Digest, (await CopyAsync($"{HostOf(own)}/demo/app:v1", $"{HostOf(debian)}/other/name:v2")).Digest);
        Assert.Equal(root.Digest, (await CopyAsync($"{HostOf(debian)}/other/name@{root.Digest}", $"{HostOf(own)}/back/again:v3")).Digest);
        Assert.Equal(root.Digest, (await CopyAsync($"{HostOf(own)}/back/again:v3", $"oci-archive:{Folder.Combine("x.tar")}:v3")).Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_registry_has_is_asked_for_and_not_sent()
    {
        const int Size = 100_000;
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var packed = await ImageOf(Platform.LinuxAmd64, Size).PackAsync(layout, cancellationToken: Cancelled);
        // Packed just now, and read from elsewhere.
        foreach (var image in new[] { ImageOf(Platform.LinuxAmd64, Size), await Image.FromAsync(layout, packed.Descriptor, Cancelled) })
        {
            await using var registry = new ScriptedRegistry().On("HEAD /v2/app/blobs/", new ScriptedReply())
                .On("POST", ScriptedReply.Upload("/upload/1")).On("PUT /upload/1", new ScriptedReply { Status = 201 }).On("PUT /v2/app/manifests/", new ScriptedReply { Status = 201 });
            await image.PackAsync(registry.Repository, cancellationToken: Cancelled);
            // The config is so small that sending it costs no more than to ask.
            Assert.Equal([$"HEAD /v2/app/blobs/{packed.Manifest.Layers[0].Digest}", "POST /v2/app/blobs/uploads/",
                $"PUT /upload/1?digest={Uri.EscapeDataString(packed.Manifest.Config.Digest.ToString())}", $"PUT /v2/app/manifests/{packed.Descriptor.Digest}"], registry.Requests);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_target_that_is_neither_tag_nor_digest_is_never_sent()
    {
        var repository = Repository.Open(ImageReference.Parse("localhost:1/demo/app"));
        await Assert.ThrowsAsync<ReferenceException>(() => repository.ResolveAsync("../../other/manifests/v1", Cancelled));
        await Assert.ThrowsAsync<ReferenceException>(() => repository.TagAsync(Descriptor.Of(MediaTypes.OciManifest, [1]), "v1?x", Cancelled));
    }

    private async Task<IAsyncDisposable> StartAsync(bool debian) => debian
        ? await DebianRegistry.StartAsync(Cancelled)
        : await RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = Folder.Combine("registry") }, Cancelled);

    private static string HostOf(IAsyncDisposable registry) => registry switch
    {
        DebianRegistry debian => debian.Host,
        RegistryServer own => $"localhost:{own.Port}",
        _ => throw new ArgumentOutOfRangeException(nameof(registry)),
    };
}
