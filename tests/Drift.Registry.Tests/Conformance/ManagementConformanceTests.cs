// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>Content management: what is deleted is gone, and nothing else.</summary>
public sealed class ManagementConformanceTests : ConformanceTest
{
    [Fact]
    public async Task A_tag_goes_alone()
    {
        var (manifest, _) = await PushManifestAsync("v1");
        await PushManifestAsync("v2");
        Assert.Equal(202, (await AskAsync("DELETE", $"/v2/{Name}/manifests/v1")).Status);
        Assert.Equal("404 MANIFEST_UNKNOWN", (await AskAsync("GET", $"/v2/{Name}/manifests/v1")).Error);
        Assert.Equal("404 MANIFEST_UNKNOWN", (await AskAsync("DELETE", $"/v2/{Name}/manifests/v1")).Error);
        Assert.Equal(manifest, (await AskAsync("GET", $"/v2/{Name}/manifests/{Digest.Of(manifest)}")).Body);
        Assert.Equal(manifest, (await AskAsync("GET", $"/v2/{Name}/manifests/v2")).Body);
    }

    [Fact]
    public async Task A_manifest_takes_its_tags_and_its_place_among_the_referrers_along()
    {
        var (subject, _) = await PushManifestAsync("v1");
        var (referrer, _) = await PushManifestAsync("signature", SubjectOf(subject));
        Assert.Equal(202, (await AskAsync("DELETE", $"/v2/{Name}/manifests/{Digest.Of(referrer)}")).Status);
        Assert.Equal("404 MANIFEST_UNKNOWN", (await AskAsync("GET", $"/v2/{Name}/manifests/signature")).Error);
        Assert.Equal("404 MANIFEST_UNKNOWN", (await AskAsync("GET", $"/v2/{Name}/manifests/{Digest.Of(referrer)}")).Error);
        Assert.Empty((await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(subject)}")).Json.GetProperty("manifests").EnumerateArray());

        await PushManifestAsync("signature", SubjectOf(subject));
        Assert.Single((await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(subject)}")).Json.GetProperty("manifests").EnumerateArray());
        // The subject goes, what refers to it stays.
        Assert.Equal(202, (await AskAsync("DELETE", $"/v2/{Name}/manifests/{Digest.Of(subject)}")).Status);
        Assert.Single((await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(subject)}")).Json.GetProperty("manifests").EnumerateArray());
        Assert.Equal(200, (await AskAsync("GET", $"/v2/{Name}/manifests/signature")).Status);
    }

    [Fact]
    public async Task A_blob()
    {
        var path = $"/v2/{Name}/blobs/{await PushAsync(Layer)}";
        Assert.Equal(202, (await AskAsync("DELETE", path)).Status);
        Assert.Equal("404 BLOB_UNKNOWN", (await AskAsync("GET", path)).Error);
        Assert.Equal("404 BLOB_UNKNOWN", (await AskAsync("DELETE", path)).Error);
        Assert.Equal("400 DIGEST_INVALID", (await AskAsync("DELETE", $"/v2/{Name}/blobs/sha256:0")).Error);
        await PushAsync(Layer);
        Assert.Equal(Layer, (await AskAsync("GET", path)).Body);
    }
}
