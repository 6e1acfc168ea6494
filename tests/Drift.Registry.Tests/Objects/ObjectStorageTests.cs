// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>A registry whose blobs are in a bucket, against OpenStack Swift's S3.</summary>
[Collection(SwiftTests.Name)]
public sealed class ObjectStorageTests(SwiftServer swift) : RegistryTest
{
    private readonly TemporaryDirectory _another = new();
    private ObjectStorage _objects = null!;

    protected override RegistryOptions Options => new() { StorageDirectory = Folder.Combine("registry"), Objects = _objects };

    public override async ValueTask InitializeAsync()
    {
        _objects = await NewBucketAsync();
        await base.InitializeAsync();
    }

    protected override ValueTask StopMoreAsync()
    {
        _another.Dispose();
        return default;
    }

    [Fact]
    public async Task Blobs_are_in_the_bucket_and_read_from_it()
    {
        // Two parts and a bit.
        var content = RandomBytes(35_000_000);
        var digest = await PushBlobAsync(content);
        Assert.Equal($"blobs/sha256/{digest.Hex}/", (await BlobKeysAsync()).Single()[..78]);
        Assert.Empty(FilesIn("content"));
        Assert.DoesNotContain(FilesIn("uploads"), file => !file.EndsWith(".lock", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(FilesIn("remote").Single()).Length, 1, 200);

        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
        using var range = new HttpRequestMessage(HttpMethod.Get, $"/v2/demo/app/blobs/{digest}") { Headers = { { "Range", "bytes=16777210-16777230" } } };
        using var part = await Client.SendAsync(range, Cancelled);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[16_777_210..16_777_231], await part.Content.ReadAsByteArrayAsync(Cancelled));
        using var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/blobs/{digest}");
        Assert.Equal(content.Length, head.Content.Headers.ContentLength);

        // The same again, from another repository, takes no more room.
        await PushBlobAsync(content, "demo/other");
        Assert.Single(await BlobKeysAsync());
    }

    [Fact]
    public async Task The_page_reads_configs_from_the_bucket()
    {
        await PushImageAsync("v1");
        Assert.Contains("An image for linux/amd64", await Client.GetStringAsync("/r/demo/app:v1", Cancelled), StringComparison.Ordinal);
        Assert.Matches("(?s)demo/app.*1\\.1 KiB", await Client.GetStringAsync("/", Cancelled));
    }

    [Fact]
    public async Task Another_machine_has_all_that_was_acknowledged()
    {
        var first = await PushImageAsync("v1");
        var second = await PushImageAsync("v2", seed: 2);
        await PushImageAsync("gone", "demo/old", seed: 3);
        using (var deleted = await SendAsync(HttpMethod.Delete, "/v2/demo/old/manifests/gone")) Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        await PushImageAsync("v1", seed: 2); // The tag moves.
        var signature = await PushReferrerAsync(first);
        await Server.DisposeAsync();

        await using var another = await RegistryServer.StartAsync(Options with { StorageDirectory = _another.Path }, Cancelled);
        using var client = new HttpClient { BaseAddress = another.Address };
        Assert.Equal(second, await client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled));
        Assert.Equal("""{"name":"demo/app","tags":["v1","v2"]}""", await client.GetStringAsync("/v2/demo/app/tags/list", Cancelled));
        Assert.Equal("""{"name":"demo/old","tags":[]}""", await client.GetStringAsync("/v2/demo/old/tags/list", Cancelled));
        var layer = OciJson.ReadManifest(first, "it").Layers[0].Digest;
        Assert.Equal(layer, Digest.Of(await client.GetByteArrayAsync($"/v2/demo/app/blobs/{layer}", Cancelled)));
        Assert.Contains(signature.ToString(), await client.GetStringAsync($"/v2/demo/app/referrers/{Digest.Of(first)}", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_was_cut_off_is_done_again()
    {
        var manifest = await PushImageAsync("v1");
        await Server.DisposeAsync();
        // Some of it came, and the bucket's name is written last.
        _another.Write("bucket", "");
        _another.Write("repositories/demo/app/_tags/v1", "");
        await using var another = await RegistryServer.StartAsync(Options with { StorageDirectory = _another.Path }, Cancelled);
        using var client = new HttpClient { BaseAddress = another.Address };
        Assert.Equal(manifest, await client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled));
    }

    [Fact]
    public async Task Clients_are_sent_to_the_bucket_when_that_is_wanted()
    {
        _objects = _objects with { Redirect = true };
        await RestartAsync();
        var content = RandomBytes(100_000);
        var digest = await PushBlobAsync(content);
        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Server.Address };
        using var answer = await direct.GetAsync(new Uri($"/v2/demo/app/blobs/{digest}", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal(swift.Address.Port, answer.Headers.Location!.Port);
        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
        using var head = await direct.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v2/demo/app/blobs/{digest}"), Cancelled);
        Assert.Equal((HttpStatusCode.OK, 100_000), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_collection_deletes_objects_that_nothing_needs()
    {
        var manifest = await PushImageAsync("v1");
        var garbage = RandomBytes(5000, 9);
        var digest = await PushBlobAsync(garbage);
        await swift.Client.PutObjectAsync(new() { BucketName = _objects.Bucket, Key = $"registry/blobs/sha256/{digest.Hex}/stray", ContentBody = "cut off", UseChunkEncoding = false }, Cancelled);
        await swift.Client.InitiateMultipartUploadAsync(_objects.Bucket, $"registry/blobs/sha256/{digest.Hex}/half", Cancelled);
        // One process at a time.
        Assert.Equal(ErrorCode.FileSystem, (await Assert.ThrowsAsync<DriftException>(() => CollectAsync())).Code);
        await Server.DisposeAsync();
        Assert.Equal(ErrorCode.InvalidSetting, (await Assert.ThrowsAsync<DriftException>(() => RegistryGarbage.CollectAsync(Folder.Combine("registry"), TimeSpan.Zero, cancellationToken: Cancelled))).Code);

        Assert.Equal([digest], (await CollectAsync(dryRun: true)).Blobs);
        Assert.Equal(4, (await BlobKeysAsync()).Length);
        var collected = await CollectAsync();
        Assert.Equal([digest], collected.Blobs);
        Assert.Equal(5000, collected.Size);
        Assert.Equal(OciJson.ReadManifest(manifest, "it") is var image ? image.Layers.Append(image.Config).Select(blob => blob.Digest.Hex).Order(StringComparer.Ordinal) : [],
            (await BlobKeysAsync()).Select(key => key.Split('/')[2]));
        Assert.Empty((await swift.Client.ListMultipartUploadsAsync(_objects.Bucket, Cancelled)).MultipartUploads ?? []);

        await RestartAsync();
        using (var gone = await Client.GetAsync(new Uri($"/v2/demo/app/blobs/{digest}", UriKind.Relative), Cancelled)) Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(gone));
        await PushBlobAsync(garbage);
        Assert.Equal(garbage, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
    }

    [Fact]
    public async Task What_a_collection_that_was_killed_left_in_the_bucket_stands_for_nothing()
    {
        var content = RandomBytes(5000, 9);
        var digest = await PushBlobAsync(content);
        await Server.DisposeAsync();
        // Its file is gone already, and its copy is not yet.
        File.Delete(FilesIn("remote").Single());
        await CollectAsync();
        Assert.Empty(await BlobKeysAsync());

        await using var another = await RegistryServer.StartAsync(Options with { StorageDirectory = _another.Path }, Cancelled);
        using var client = new HttpClient { BaseAddress = another.Address };
        using (var gone = await client.GetAsync(new Uri($"/v2/demo/app/blobs/{digest}", UriKind.Relative), Cancelled)) Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(gone));
        using (var push = await client.PostAsync(new Uri($"/v2/demo/app/blobs/uploads/?digest={digest}", UriKind.Relative), new ByteArrayContent(content), Cancelled)) Assert.Equal(HttpStatusCode.Created, push.StatusCode);
        Assert.Equal(content, await client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
    }

    [Fact]
    public async Task While_the_bucket_fails_nothing_is_acknowledged_and_nothing_is_lost()
    {
        var manifest = await PushImageAsync("v1");
        var content = RandomBytes(100_000, 7);
        await swift.StopProxyAsync();
        try
        {
            var location = await StartUploadAsync();
            using (var put = await SendAsync(HttpMethod.Put, $"{location}?digest={Digest.Of(content)}", content)) Assert.Equal("503 UNKNOWN", await ErrorOf(put));
            using (var tag = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v2", manifest, MediaTypes.OciManifest)) Assert.Equal("503 UNKNOWN", await ErrorOf(tag));
            using (var delete = await SendAsync(HttpMethod.Delete, "/v2/demo/app/manifests/v1")) Assert.Equal("503 UNKNOWN", await ErrorOf(delete));
            using (var read = await SendAsync(HttpMethod.Get, $"/v2/demo/app/blobs/{OciJson.ReadManifest(manifest, "it").Layers[0].Digest}"))
                Assert.Equal("503 UNKNOWN", await ErrorOf(read));
            // What is small is here too.
            Assert.Equal(manifest, await Client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled));
        }
        finally
        {
            await swift.StartProxyAsync();
        }
        Assert.Equal("""{"name":"demo/app","tags":["v1"]}""", await Client.GetStringAsync("/v2/demo/app/tags/list", Cancelled));
        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{await PushBlobAsync(content)}", Cancelled));
    }

    [Fact]
    public async Task A_start_tells_what_is_wrong()
    {
        await FailsAsync(Options with { StorageDirectory = _another.Combine("a"), Objects = _objects with { Bucket = "no-such-bucket" } }, ErrorCode.RegistryUnreachable, "NoSuchBucket", "Make the bucket");
        await FailsAsync(Options with { StorageDirectory = _another.Combine("b"), Objects = _objects with { SecretKey = "wrong" } }, ErrorCode.RegistryUnreachable, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY");
        await FailsAsync(Options with { Port = 0 }, ErrorCode.FileSystem, "Another process works with", "Stop it first");
        await Server.DisposeAsync();
        await FailsAsync(Options with { Objects = null }, ErrorCode.InvalidSetting, "which is not named", "--s3");
        await FailsAsync(Options with { Objects = await NewBucketAsync() }, ErrorCode.InvalidSetting, $"belongs to the bucket {_objects}", "--storage");
        _another.Write("old/content/sha256/aa/x", "");
        await FailsAsync(Options with { StorageDirectory = _another.Combine("old") }, ErrorCode.InvalidSetting, "a registry without a bucket", "empty folder");
    }

    private async Task<ObjectStorage> NewBucketAsync() =>
        new(swift.Address, await swift.NewBucketAsync()) { Prefix = "registry/", AccessKey = SwiftServer.Key, SecretKey = SwiftServer.Secret };

    private async Task<string[]> BlobKeysAsync()
    {
        var page = await swift.Client.ListObjectsV2Async(new() { BucketName = _objects.Bucket, Prefix = "registry/blobs/" }, Cancelled);
        return [.. (page.S3Objects ?? []).Select(found => found.Key["registry/".Length..])];
    }

    private static async Task FailsAsync(RegistryOptions options, ErrorCode code, string message, string hint)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => RegistryServer.StartAsync(options, Cancelled));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    private Task<RegistryGarbage> CollectAsync(bool dryRun = false) => RegistryGarbage.CollectAsync(Folder.Combine("registry"), TimeSpan.Zero, _objects, dryRun, Cancelled);

    private async Task<Digest> PushReferrerAsync(byte[] subject)
    {
        var config = await PushBlobAsync("{}"u8.ToArray());
        var referrer = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","artifactType":"application/x-signature",
            "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{config}}","size":2},"layers":[],
            "subject":{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest.Of(subject)}}","size":{{subject.Length}} } }
            """);
        using var response = await SendAsync(HttpMethod.Put, $"/v2/demo/app/manifests/{Digest.Of(referrer)}", referrer, MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return Digest.Of(referrer);
    }
}
