// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Registries that send uploads astray, give up in the middle, forget, or want less at once; and what a client makes of it.</summary>
public sealed class UploadFaultTests : DistributionTest
{
    private const int Large = 8_000_000;

    private static ScriptedReply Created => new() { Status = 201 };

    private static ScriptedReply Missing => ScriptedReply.Error(404, """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"never heard of it"}]}""");

    [Theory(Timeout = Limit)]
    [InlineData("/upload/1", "PUT /upload/1?digest=")]
    [InlineData("/upload/1?_state=a%2Fb%3D%3D&x", "PUT /upload/1?_state=a%2Fb%3D%3D&x&digest=")]
    [InlineData("1", "PUT /v2/app/blobs/uploads/1?digest=")]
    [InlineData("http://HOST/upload/1?a=b", "PUT /upload/1?a=b&digest=")]
    public async Task A_location_may_be_relative_and_have_a_query(string location, string put)
    {
        await using var registry = new ScriptedRegistry();
        registry.On("POST /v2/app/blobs/uploads/", ScriptedReply.Upload(location.Replace("HOST", registry.Host, StringComparison.Ordinal))).On("PUT", Created);
        var content = await UploadAsync(registry, 100);
        Assert.Equal(put + $"sha256%3A{content.Digest.Hex}", registry.Requests[1]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_session_may_move_while_it_goes_on()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PATCH /upload/1", ScriptedReply.Upload("/upload/2?part=2")).On("PUT", Created);
        await UploadAsync(registry, Large);
        Assert.StartsWith("PUT /upload/2?part=2&digest=", registry.Requests[2], StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_session_may_be_on_another_host_which_sees_no_credential()
    {
        await using var store = new ScriptedRegistry().On("PUT /store", Created);
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Error(401) with { Headers = ["WWW-Authenticate: Basic realm=\"x\""] })
            .On("POST", ScriptedReply.Upload($"http://{store.Host}/store"));
        var content = RandomBytes(100);
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, content);
        using var client = new RegistryClient(new RegistryClientOptions { Credentials = new OneCredential() });
        await client.Open(ImageReference.Parse($"{registry.Host}/app")).ReceiveBlobAsync(descriptor, new BytesSource(content), Cancelled);
        Assert.NotNull(registry.Header(1, "Authorization"));
        Assert.Null(store.Header(0, "Authorization"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://[fe80::1]/upload")]
    [InlineData("file:///tmp/upload")]
    [InlineData("//[")]
    [InlineData(null)]
    public async Task A_location_that_is_none_or_no_ones_business_is_refused(string? location)
    {
        foreach (var size in new[] { 100, Large })
        {
            await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload(location));
            await FailsAsync(ErrorCode.RegistryError, () => UploadAsync(registry, size));
            Assert.Single(registry.Requests);
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_before_the_end_is_heard(bool isSizeKnown)
    {
        // The registry reads nothing of the body, answers and closes.
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1"))
            .On(isSizeKnown ? "PUT" : "PATCH", ScriptedReply.Error(400, """{"errors":[{"code":"SIZE_INVALID","message":"too much"}]}""") with { IsEarly = true });
        AssertContains("400", (await FailsAsync(ErrorCode.RegistryError, () => UploadAsync(registry, Large, isSizeKnown))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task What_breaks_goes_on_from_where_the_registry_is()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PUT", new ScriptedReply { ClosesAfter = 5_000_000 })
            .On("GET /upload/1", new ScriptedReply { Status = 204, Headers = ["Location: /upload/2", "Range: 0-4999999"] })
            .On("PATCH /upload/2", new ScriptedReply { Status = 202, Headers = ["Location: /upload/3", "Range: 0-7999999"] })
            .On("PUT /upload/3", Created);
        await UploadAsync(registry, Large, isSizeKnown: true);
        Assert.Equal(("5000000-7999999", "3000000", "0"), (registry.Header(3, "Content-Range"), registry.Header(3, "Content-Length"), registry.Header(4, "Content-Length")));
    }

    [Fact(Timeout = Limit)]
    public async Task What_breaks_while_it_is_made_is_made_to_its_end_and_sent_again()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PATCH", new ScriptedReply { ClosesAfter = 2_000_000 })
            .On("POST", ScriptedReply.Upload("/upload/2")).On("PUT /upload/2", Created);
        await UploadAsync(registry, Large);
        Assert.Equal($"{Large}", registry.Header(3, "Content-Length"));
        Assert.DoesNotContain(Directory.GetFiles(Path.GetTempPath(), "drift-upload-*"), file => new FileInfo(file).Length == Large);
    }

    [Fact(Timeout = Limit)]
    public async Task An_answer_that_is_lost_does_not_send_a_blob_twice()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PUT", new ScriptedReply { ClosesAfter = Large })
            .On("GET /upload/1", Missing).On("HEAD /v2/app/blobs/", new ScriptedReply());
        await UploadAsync(registry, Large, isSizeKnown: true);
        Assert.Equal(4, registry.Requests.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData(404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData(400, "BLOB_UPLOAD_INVALID")]
    public async Task A_session_that_is_forgotten_is_begun_anew(int status, string code)
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1"))
            .On("PUT /upload/1", ScriptedReply.Error(status, $$"""{"errors":[{"code":"{{code}}"}]}""")).On("GET /upload/1", Missing).On("HEAD", new ScriptedReply { Status = 404 })
            .On("POST", ScriptedReply.Upload("/upload/2")).On("PUT /upload/2", Created);
        await UploadAsync(registry, Large, isSizeKnown: true);
    }

    [Theory(Timeout = Limit)]
    [InlineData(413)]
    [InlineData(416)]
    public async Task What_is_too_much_at_once_goes_in_chunks(int status)
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PUT /upload/1", ScriptedReply.Error(status) with { IsEarly = true })
            .On("POST", ScriptedReply.Upload("/upload/2")).On("PATCH /upload/2", ScriptedReply.Upload("/upload/3")).On("PATCH /upload/3", ScriptedReply.Upload("/upload/4")).On("PUT /upload/4", Created);
        await UploadAsync(registry, Large, isSizeKnown: true, profile: new RegistryProfile("test") { ChunkSize = 5_000_000 });
        Assert.Equal(("0-4999999", "5000000-7999999"), (registry.Header(3, "Content-Range"), registry.Header(4, "Content-Range")));
    }

    [Fact(Timeout = Limit)]
    public async Task Chunks_become_smaller_until_a_proxy_takes_them_and_are_as_large_as_the_registry_asks()
    {
        await using var registry = new ScriptedRegistry().Always("PUT /large", ScriptedReply.Error(413) with { IsEarly = true }).Always("PATCH /large", ScriptedReply.Error(413) with { IsEarly = true })
            .On("POST", ScriptedReply.Upload("/large")).On("POST", ScriptedReply.Upload("/large")).On("POST", ScriptedReply.Upload("/small"))
            .Always("PATCH /small", ScriptedReply.Upload("/small")).On("PUT /small", Created);
        await UploadAsync(registry, Large, isSizeKnown: true, profile: new RegistryProfile("test") { ChunkSize = 6_000_000 });
        Assert.Equal("0-2999999", registry.Header(5, "Content-Range"));

        await using var demanding = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/1") with { Headers = ["Location: /1", "OCI-Chunk-Min-Length: 7000000"] }).On("PUT /1", ScriptedReply.Error(413) with { IsEarly = true })
            .On("POST", ScriptedReply.Upload("/2")).Always("PATCH /2", ScriptedReply.Upload("/2")).On("PUT /2", Created);
        await UploadAsync(demanding, Large, isSizeKnown: true, profile: new RegistryProfile("test") { ChunkSize = 2_000_000 });
        Assert.Equal("0-6999999", demanding.Header(3, "Content-Range"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_registry_that_took_less_than_a_chunk_gets_the_rest()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/1")).On("PUT /1", ScriptedReply.Error(413) with { IsEarly = true }).On("POST", ScriptedReply.Upload("/2"))
            .On("PATCH /2", new ScriptedReply { Status = 202, Headers = ["Location: /2", "Range: 0-3999999"] }).On("PATCH /2", ScriptedReply.Upload("/2")).On("PUT /2", Created);
        await UploadAsync(registry, Large, isSizeKnown: true, profile: new RegistryProfile("test") { ChunkSize = 7_000_000 });
        Assert.Equal("4000000-7999999", registry.Header(4, "Content-Range"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_source_that_is_wrong_is_named_and_never_sent_as_a_whole()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PUT", Created);
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, RandomBytes(Large));
        var error = await FailsAsync(ErrorCode.ContentMismatch, async () => await registry.Repository.ReceiveBlobAsync(descriptor, new BytesSource(RandomBytes(Large, seed: 2)), Cancelled));
        AssertContains("the source", error.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true, 202)]
    [InlineData(true, 200)]
    [InlineData(false, 200)]
    public async Task An_answer_that_promises_nothing_is_an_error(bool isSizeKnown, int status)
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On(isSizeKnown ? "PUT" : "PATCH", ScriptedReply.Upload("/upload/2") with { Status = status });
        AssertContains($"{status}", (await FailsAsync(ErrorCode.RegistryError, () => UploadAsync(registry, Large, isSizeKnown))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task An_upload_can_be_cancelled_while_the_registry_takes_nothing()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PATCH", new ScriptedReply { Status = 100, IsEarly = true, StaysOpen = true });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        cancelled.CancelAfter(300);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UploadAsync(registry, 4 * Large, cancellationToken: cancelled.Token));
    }

    [Fact(Timeout = Limit)]
    public async Task An_upload_can_be_given_up_while_the_registry_takes_nothing()
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PATCH", new ScriptedReply { Status = 100, IsEarly = true, StaysOpen = true });
        await using var blob = await registry.Repository.CreateBlobAsync(cancellationToken: Cancelled);
        await blob.WriteAsync(RandomBytes(1_100_000), Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task A_tag_is_not_moved_when_its_image_does_not_arrive()
    {
        await using var registry = new ScriptedRegistry().Always("POST", ScriptedReply.Upload("/upload/1")).Always("PUT /upload/1", ScriptedReply.Error(500)).Always("GET /upload/1", Missing).Always("HEAD", new ScriptedReply { Status = 404 });
        await FailsAsync(ErrorCode.RegistryError, () => WriteImageAsync($"{registry.Host}/app:v1"));
        Assert.DoesNotContain(registry.Requests, request => request.Contains("manifests", StringComparison.Ordinal));
    }

    private static async Task<Descriptor> UploadAsync(ScriptedRegistry registry, int size, bool isSizeKnown = false, RegistryProfile? profile = null, CancellationToken? cancellationToken = null)
    {
        var content = RandomBytes(size);
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, content);
        var token = cancellationToken ?? Cancelled;
        using var client = new RegistryClient(new RegistryClientOptions { FirstPause = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromSeconds(5), Profile = profile });
        var repository = client.Open(ImageReference.Parse($"{registry.Host}/app"));
        if (isSizeKnown)
        {
            await repository.ReceiveBlobAsync(descriptor, new BytesSource(content), token);
            return descriptor;
        }
        // A second writer of the same bytes, so that nobody asks whether they are there.
        await using var blob = await repository.CreateBlobAsync(descriptor, token);
        for (var at = 0; at < size; at += 100_000) await blob.WriteAsync(content.AsMemory(at, Math.Min(100_000, size - at)), token);
        await blob.CommitAsync(descriptor, token);
        return descriptor;
    }
}
