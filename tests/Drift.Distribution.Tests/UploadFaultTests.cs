// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Registries that send uploads astray, or give up in the middle.</summary>
public sealed class UploadFaultTests : DistributionTest
{
    private const int Large = 8_000_000;

    private static ScriptedReply Created => new() { Status = 201 };

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

    [Theory(Timeout = Limit)]
    [InlineData("http://example.invalid/upload")]
    [InlineData("//example.invalid/upload")]
    [InlineData("file:///tmp/upload")]
    [InlineData("//[")]
    [InlineData(null)]
    public async Task A_location_elsewhere_or_nowhere_is_refused(string? location)
    {
        foreach (var size in new[] { 100, Large })
        {
            await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload(location));
            await FailsAsync(ErrorCode.RegistryError, () => UploadAsync(registry, size));
            Assert.Single(registry.Requests);
        }
        await using var late = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/1")).On("PATCH", ScriptedReply.Upload(location));
        await FailsAsync(ErrorCode.RegistryError, () => UploadAsync(late, Large));
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

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks_is_transient(bool isSizeKnown)
    {
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On(isSizeKnown ? "PUT" : "PATCH", new ScriptedReply { ClosesAfter = 2_000_000 });
        Assert.True((await FailsAsync(ErrorCode.RegistryUnreachable, () => UploadAsync(registry, Large, isSizeKnown))).IsTransient);
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
        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Upload("/upload/1")).On("PUT /upload/1", ScriptedReply.Error(500));
        await FailsAsync(ErrorCode.RegistryError, () => WriteImageAsync($"{registry.Host}/app:v1"));
        Assert.DoesNotContain(registry.Requests, request => request.Contains("manifests", StringComparison.Ordinal));
    }

    private static async Task<Descriptor> UploadAsync(ScriptedRegistry registry, int size, bool isSizeKnown = false, CancellationToken? cancellationToken = null)
    {
        var content = RandomBytes(size);
        var descriptor = Descriptor.Of(MediaTypes.OciLayer, content);
        var token = cancellationToken ?? Cancelled;
        await using var blob = await registry.Repository.CreateBlobAsync(isSizeKnown ? descriptor : null, token);
        for (var at = 0; at < size; at += 100_000) await blob.WriteAsync(content.AsMemory(at, Math.Min(100_000, size - at)), token);
        await blob.CommitAsync(descriptor, token);
        return descriptor;
    }
}
