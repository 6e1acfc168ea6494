// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>What a client tries again and for how long, what it goes on with, and what it tells meanwhile.</summary>
public sealed class RetryTests : DistributionTest
{
    private static readonly byte[] Content = RandomBytes(300_000);
    private static readonly Descriptor Blob = Descriptor.Of(MediaTypes.OciLayer, Content);
    private static readonly byte[] Manifest = OciJson.Write(new ImageManifest { MediaType = MediaTypes.OciManifest, Config = Descriptor.Of(MediaTypes.OciConfig, [1]), Layers = [] });

    private static string BlobPath => $"/v2/app/blobs/{Blob.Digest}";

    [Theory(Timeout = Limit)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_passes_is_waited_for(int status)
    {
        await using var registry = new ScriptedRegistry().On("GET", ScriptedReply.Error(status)).On("GET", ScriptedReply.Error(status, "<html>busy</html>", "text/html")).On("GET", ScriptedReply.Manifest(Manifest));
        await registry.Repository.ResolveAsync("v1", Cancelled);
        Assert.Equal(3, registry.Requests.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_that_breaks_is_made_again()
    {
        await using var registry = new ScriptedRegistry().On("GET", new ScriptedReply { ClosesAfter = 0 }).On("GET", ScriptedReply.Manifest(Manifest));
        await registry.Repository.ResolveAsync("v1", Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task A_storm_of_refusals_ends_after_some_tries_and_is_told()
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(429) with { Headers = ["Retry-After: 0", "RateLimit-Limit: 100;w=21600", "RateLimit-Remaining: 0;w=21600"] });
        var error = await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled));
        AssertContains("0 of 100 requests are left in 6 h", error.Message);
        Assert.Equal(1 + RetryDelay.MaximumRepetitions, registry.Requests.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task More_patience_than_anyone_has_is_not_granted()
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(503) with { Headers = ["Retry-After: 86400"] });
        await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled));
        Assert.Single(registry.Requests);
    }

    [Theory(Timeout = Limit)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task What_stays_is_told_at_once(int status)
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(status));
        await Assert.ThrowsAsync<RegistryException>(() => registry.Repository.ResolveAsync("v1", Cancelled));
        Assert.Single(registry.Requests);
    }

    [Fact(Timeout = Limit)]
    public async Task A_manifest_is_sent_again_for_it_does_no_harm()
    {
        await using var registry = new ScriptedRegistry().On("PUT", ScriptedReply.Error(500)).On("PUT", new ScriptedReply { Status = 201 });
        await registry.Repository.WriteManifestAsync(Descriptor.Of(MediaTypes.OciManifest, Manifest), Manifest, Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task A_registry_that_stored_something_else_is_told_of()
    {
        await using var registry = new ScriptedRegistry().On("PUT", new ScriptedReply { Status = 201, Headers = [$"Docker-Content-Digest: {Digest.Of([1])}"] });
        await FailsAsync(ErrorCode.ContentMismatch, async () => await registry.Repository.WriteManifestAsync(Descriptor.Of(MediaTypes.OciManifest, Manifest), Manifest, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_download_goes_on_where_it_broke()
    {
        await using var registry = new ScriptedRegistry().On("GET", new ScriptedReply { Body = Content[..100_000], Length = Content.Length })
            .On("GET", new ScriptedReply { Status = 206, Body = Content[100_000..150_000], Length = 200_000, Headers = ["Content-Range: bytes 100000-299999/300000"] })
            .On("GET", new ScriptedReply { Status = 206, Body = Content[150_000..], Headers = ["Content-Range: bytes 150000-299999/300000"] });
        Assert.Equal(Content, await ReadAsync(registry.Repository, Blob));
        Assert.Equal((null, "bytes=100000-", "bytes=150000-"), (registry.Header(0, "Range"), registry.Header(1, "Range"), registry.Header(2, "Range")));
    }

    [Fact(Timeout = Limit)]
    public async Task A_registry_that_knows_no_ranges_sends_all_of_it_again()
    {
        await using var registry = new ScriptedRegistry().On("GET", new ScriptedReply { Body = Content[..100_000], Length = Content.Length }).On("GET", new ScriptedReply { Body = Content });
        Assert.Equal(Content, await ReadAsync(registry.Repository, Blob));
    }

    [Fact(Timeout = Limit)]
    public async Task The_digest_covers_the_whole_of_a_download_in_parts()
    {
        await using var registry = new ScriptedRegistry().On("GET", new ScriptedReply { Body = Content[..100_000], Length = Content.Length })
            .On("GET", new ScriptedReply { Status = 206, Body = RandomBytes(200_000, seed: 9), Headers = ["Content-Range: bytes 100000-299999/300000"] });
        await FailsAsync(ErrorCode.ContentMismatch, () => ReadAsync(registry.Repository, Blob));

        await using var ahead = new ScriptedRegistry().On("GET", new ScriptedReply { Body = Content[..100_000], Length = Content.Length })
            .On("GET", new ScriptedReply { Status = 206, Body = Content[200_000..], Headers = ["Content-Range: bytes 200000-299999/300000"] });
        AssertContains("from byte 100000", (await FailsAsync(ErrorCode.RegistryError, () => ReadAsync(ahead.Repository, Blob))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task What_says_nothing_is_left()
    {
        using var client = new RegistryClient(new RegistryClientOptions { FirstPause = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMilliseconds(200) });
        await using var silent = new ScriptedRegistry().Always("GET", new ScriptedReply { Status = 100, StaysOpen = true });
        AssertContains("does not answer", (await FailsAsync(ErrorCode.RegistryUnreachable, () => client.Open(ImageReference.Parse($"{silent.Host}/app")).ResolveAsync("v1", Cancelled))).Message);

        // The head of the answer and some bytes, and then nothing.
        await using var stalled = new ScriptedRegistry().Always("GET", new ScriptedReply { Body = Content[..1000], Length = Content.Length, StaysOpen = true });
        await FailsAsync(ErrorCode.RegistryUnreachable, () => ReadAsync(client.Open(ImageReference.Parse($"{stalled.Host}/app")), Blob));
    }

    [Fact(Timeout = Limit)]
    public async Task What_takes_a_blob_and_says_nothing_is_left()
    {
        using var client = new RegistryClient(new RegistryClientOptions { FirstPause = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMilliseconds(50) });
        await using var registry = new ScriptedRegistry().Always("POST", ScriptedReply.Upload("/1")).Always("PUT", new ScriptedReply { Status = 100, StaysOpen = true })
            .Always("GET", ScriptedReply.Error(404)).Always("HEAD", new ScriptedReply { Status = 404 });
        var repository = client.Open(ImageReference.Parse($"{registry.Host}/app"));
        AssertContains("does not answer", (await FailsAsync(ErrorCode.RegistryUnreachable, async () => await repository.ReceiveBlobAsync(Blob, new BytesSource(Content), Cancelled))).Message);

        // One that is sent while it is made is sent again from the file, as if the stream had broken.
        await using var slow = new ScriptedRegistry().Always("POST", ScriptedReply.Upload("/1")).On("PATCH", new ScriptedReply { Status = 100, StaysOpen = true }).On("PUT", new ScriptedReply { Status = 201 });
        await using var blob = await client.Open(ImageReference.Parse($"{slow.Host}/app")).CreateBlobAsync(null, Cancelled);
        var large = RandomBytes(2_000_000);
        await blob.WriteAsync(large, Cancelled);
        await blob.CommitAsync(Descriptor.Of(MediaTypes.OciLayer, large), Cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task Warnings_and_limits_are_passed_on_once()
    {
        var notices = new Notices();
        using var client = new RegistryClient(new RegistryClientOptions { Notices = notices });
        await using var registry = new ScriptedRegistry();
        var reply = ScriptedReply.Manifest(Manifest);
        registry.Always("GET", reply with { Headers = [.. reply.Headers, "Warning: 299 - \"This repository moves on Monday.\"", "Warning: 110 - \"stale\"", "RateLimit-Limit: 100;w=21600", "RateLimit-Remaining: 3;w=21600"] });
        var repository = client.Open(ImageReference.Parse($"{registry.Host}/app"));
        for (var i = 0; i < 3; i++) await repository.ResolveAsync("v" + i, Cancelled);
        Assert.Equal([$"{registry.Host}: 3 of 100 requests are left in 6 h.", $"{registry.Host}: This repository moves on Monday."], notices.Texts.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_mirror_is_asked_first_and_the_registry_when_it_fails()
    {
        await using var mirror = new ScriptedRegistry().On("GET /v2/app/manifests/", ScriptedReply.Manifest(Manifest)).On($"GET {BlobPath}", ScriptedReply.Error(404));
        await using var registry = new ScriptedRegistry().On($"GET {BlobPath}", new ScriptedReply { Body = Content }).On("PUT", new ScriptedReply { Status = 201 });
        using var client = new RegistryClient(new RegistryClientOptions { Mirrors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [registry.Host] = [mirror.Host] } });
        var repository = client.Open(ImageReference.Parse($"{registry.Host}/app"));
        var manifest = await repository.ResolveAsync("v1", Cancelled);
        Assert.Equal(Content, await ReadAsync(repository, Blob));
        await repository.TagAsync(manifest, "v2", Cancelled);
        Assert.Equal([$"GET {BlobPath}", "PUT /v2/app/manifests/v2"], registry.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("10.1.2.3", true, false)]
    [InlineData("172.31.0.1", true, false)]
    [InlineData("192.168.1.1", true, false)]
    [InlineData("100.64.0.1", true, false)]
    [InlineData("169.254.169.254", true, true)]
    [InlineData("192.0.0.192", true, true)]
    [InlineData("100.100.100.200", true, true)]
    [InlineData("0.0.0.0", true, true)]
    [InlineData("::ffff:169.254.169.254", true, true)]
    [InlineData("::1", true, false)]
    [InlineData("fd00::1", true, false)]
    [InlineData("fe80::1", true, true)]
    [InlineData("8.8.8.8", false, false)]
    [InlineData("172.32.0.1", false, false)]
    [InlineData("2001:db8::1", false, false)]
    public void Networks_that_are_not_the_Internet_are_known(string address, bool isPrivate, bool isForbidden) =>
        Assert.Equal((isPrivate, isForbidden), (AddressGuard.IsPrivate(IPAddress.Parse(address)), AddressGuard.IsForbidden(IPAddress.Parse(address))));

    [Theory(Timeout = Limit)]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:169.254.169.254]/latest/")]
    [InlineData("http://100.100.100.200/")]
    public async Task No_redirect_leads_to_a_metadata_service(string location)
    {
        await using var registry = new ScriptedRegistry().On("GET", ScriptedReply.Redirect(location));
        AssertContains("private network", (await FailsAsync(ErrorCode.RegistryError, () => registry.Repository.ResolveAsync("v1", Cancelled))).Message);
    }

    private sealed class Notices : IProgress<RegistryNotice>
    {
        private readonly ConcurrentQueue<string> _texts = [];

        public IReadOnlyList<string> Texts => [.. _texts];

        public void Report(RegistryNotice value) => _texts.Enqueue($"{value.Host}: {value.Message}");
    }
}
