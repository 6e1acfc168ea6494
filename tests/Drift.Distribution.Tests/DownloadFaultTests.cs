// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Registries that send the wrong bytes, or not all of them. What fails is never visible in the destination.</summary>
public sealed class DownloadFaultTests : DistributionTest
{
    private static readonly byte[] Config = """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"""u8.ToArray();
    private static readonly byte[] Layer = RandomBytes(200_000);
    private static readonly byte[] Manifest = OciJson.Write(new ImageManifest
    {
        MediaType = MediaTypes.OciManifest,
        Config = Descriptor.Of(MediaTypes.OciConfig, Config),
        Layers = [Descriptor.Of(MediaTypes.OciLayer, Layer)],
    });
    private readonly ScriptedRegistry _registry = new();

    [Fact(Timeout = Limit)]
    public async Task A_right_registry_is_right()
    {
        await using var _ = _registry.On("GET /v2/app/manifests/v1", ScriptedReply.Manifest(Manifest))
            .On($"GET /v2/app/blobs/{Digest.Of(Config)}", new ScriptedReply { Body = Config })
            .On($"GET /v2/app/blobs/{Digest.Of(Layer)}", new ScriptedReply { Body = Layer });
        var root = await CopyAsync($"{_registry.Host}/app:v1", $"oci:{Folder.Combine("layout")}:v1");
        Assert.Equal(Digest.Of(Manifest), root.Digest);
        Assert.Equal(3, _registry.Requests.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData("cut off", ErrorCode.RegistryUnreachable)]
    [InlineData("too short", ErrorCode.ContentMismatch)]
    [InlineData("too long", ErrorCode.ContentMismatch)]
    [InlineData("other bytes", ErrorCode.ContentMismatch)]
    [InlineData("empty", ErrorCode.ContentMismatch)]
    [InlineData("compressed", ErrorCode.ContentMismatch)]
    public async Task A_wrong_blob_goes_nowhere(string fault, ErrorCode code)
    {
        var reply = fault switch
        {
            "cut off" => new ScriptedReply { Body = Layer[..150_000], Length = Layer.Length },
            "too short" => new ScriptedReply { Body = Layer[..150_000] },
            "too long" => new ScriptedReply { Body = [.. Layer, 0] },
            "other bytes" => new ScriptedReply { Body = RandomBytes(Layer.Length, seed: 2) },
            "compressed" => new ScriptedReply { Body = TarFile.Gzip(Layer), Headers = ["Content-Encoding: gzip"] },
            _ => new ScriptedReply(),
        };
        await using var _ = _registry.On("GET /v2/app/manifests/v1", ScriptedReply.Manifest(Manifest))
            .On($"GET /v2/app/blobs/{Digest.Of(Config)}", new ScriptedReply { Body = Config })
            .Always($"GET /v2/app/blobs/{Digest.Of(Layer)}", reply);
        var error = await FailsAsync(code, () => CopyAsync($"{_registry.Host}/app:v1", $"oci:{Folder.Combine("layout")}:v1"));
        AssertContains(_registry.Host, error.Message);
        Assert.Equal(code == ErrorCode.RegistryUnreachable, error.IsTransient);
        // The config, which travels beside it, may be there or not.
        Assert.Equal(["index.json", "oci-layout"], FilesIn(Folder.Combine("layout")).Where(file => file != $"blobs/sha256/{Digest.Of(Config).Hex}"));

        // An archive shows nothing at all.
        _registry.On("GET /v2/app/manifests/v1", ScriptedReply.Manifest(Manifest)).On($"GET /v2/app/blobs/{Digest.Of(Config)}", new ScriptedReply { Body = Config })
            .Always($"GET /v2/app/blobs/{Digest.Of(Layer)}", reply);
        await FailsAsync(code, () => CopyAsync($"{_registry.Host}/app:v1", $"oci-archive:{Folder.Combine("x.tar")}"));
        Assert.Equal([Folder.Combine("layout")], Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact(Timeout = Limit)]
    public async Task A_manifest_without_end_is_not_read()
    {
        await using var _ = _registry.On("GET", ScriptedReply.Manifest(new byte[OciJson.MaximumSize + 1])).On("GET", ScriptedReply.Manifest([]) with { Length = long.MaxValue, StaysOpen = true });
        AssertContains("more than", (await FailsAsync(ErrorCode.InvalidContent, () => _registry.Repository.ResolveAsync("v1", Cancelled))).Message);
        AssertContains("more than", (await FailsAsync(ErrorCode.InvalidContent, () => _registry.Repository.ResolveAsync("v1", Cancelled))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_manifest_cut_off_is_transient()
    {
        await using var _ = _registry.Always("GET", ScriptedReply.Manifest(Manifest[..100]) with { Length = Manifest.Length });
        Assert.True((await FailsAsync(ErrorCode.RegistryUnreachable, () => _registry.Repository.ResolveAsync("v1", Cancelled))).IsTransient);
    }

    [Fact(Timeout = Limit)]
    public async Task A_manifest_of_another_digest_is_refused()
    {
        var asked = Digest.Of([1]);
        await using var _ = _registry.On("GET", ScriptedReply.Manifest(Manifest)).On("GET", ScriptedReply.Manifest(Manifest));
        await FailsAsync(ErrorCode.ContentMismatch, () => _registry.Repository.ResolveAsync(asked.ToString(), Cancelled));
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, Manifest) with { Digest = asked };
        await FailsAsync(ErrorCode.ContentMismatch, async () => await _registry.Repository.ReadManifestAsync(descriptor, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_header_that_lies_about_the_digest_is_not_believed()
    {
        var reply = ScriptedReply.Manifest(Manifest);
        await using var _ = _registry.On("GET", reply with { Headers = [.. reply.Headers, $"Docker-Content-Digest: {Digest.Of([1])}"] });
        Assert.Equal(Digest.Of(Manifest), (await _registry.Repository.ResolveAsync("v1", Cancelled)).Digest);
    }

    [Theory(Timeout = Limit)]
    [InlineData("application/octet-stream")]
    [InlineData("text/html; charset=utf-8")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("not a type")]
    public async Task What_is_not_an_image_is_named(string mediaType)
    {
        await using var _ = _registry.On("GET", ScriptedReply.Manifest(Manifest, mediaType));
        var error = await FailsAsync(ErrorCode.NotSupported, () => _registry.Repository.ResolveAsync("v1", Cancelled));
        AssertContains("app:v1", error.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("""{"schemaVersion":2,"config":{},"layers":[]}""")]
    public async Task A_manifest_that_is_none_is_named(string manifest)
    {
        await using var _ = _registry.On("GET", ScriptedReply.Manifest(Encoding.UTF8.GetBytes(manifest)));
        await FailsAsync(ErrorCode.InvalidContent, () => CopyAsync($"{_registry.Host}/app:v1", $"oci:{Folder.Combine("layout")}:v1"));
        Assert.False(Directory.Exists(Folder.Combine("layout/blobs/sha256")) && Directory.EnumerateFiles(Folder.Combine("layout/blobs/sha256")).Any());
    }

    [Fact(Timeout = Limit)]
    public async Task A_download_can_be_cancelled()
    {
        await using var _ = _registry.On("GET", new ScriptedReply { Body = Layer[..100], Length = Layer.Length, StaysOpen = true });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await using var stream = await _registry.Repository.OpenBlobAsync(Descriptor.Of(MediaTypes.OciLayer, Layer), cancelled.Token);
        cancelled.CancelAfter(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.CopyToAsync(Stream.Null, cancelled.Token));
    }
}
