// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>Pull: what every registry has to do.</summary>
public sealed class PullConformanceTests : ConformanceTest
{
    [Fact]
    public async Task Says_that_it_speaks_the_API()
    {
        var answer = await AskAsync("GET", "/v2/");
        Assert.Equal(200, answer.Status);
        Assert.Equal("registry/2.0", answer["Docker-Distribution-API-Version"]);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("GET")]
    public async Task A_blob_that_is_there(string method)
    {
        var digest = await PushAsync(Layer);
        var answer = await AskAsync(method, $"/v2/{Name}/blobs/{digest}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(Layer.Length.ToString(CultureInfo.InvariantCulture), answer["Content-Length"]);
        Assert.Equal(digest.ToString(), answer["Docker-Content-Digest"]);
        Assert.Equal("bytes", answer["Accept-Ranges"]);
        Assert.Equal($"\"{digest}\"", answer["ETag"]);
        Assert.Equal(method == "GET" ? Layer : [], answer.Body);
    }

    [Fact]
    public async Task A_part_of_a_blob()
    {
        var digest = await PushAsync(Layer);
        var part = await AskAsync("GET", $"/v2/{Name}/blobs/{digest}", null, "Range: bytes=100-199");
        Assert.Equal(206, part.Status);
        Assert.Equal($"bytes 100-199/{Layer.Length}", part["Content-Range"]);
        Assert.Equal(Layer[100..200], part.Body);

        // Only of the very content that the client has the rest of.
        Assert.Equal(206, (await AskAsync("GET", $"/v2/{Name}/blobs/{digest}", null, "Range: bytes=100-199", $"If-Range: \"{digest}\"")).Status);
        Assert.Equal(200, (await AskAsync("GET", $"/v2/{Name}/blobs/{digest}", null, "Range: bytes=100-199", "If-Range: \"another\"")).Status);
        Assert.Equal("416 RANGE_INVALID", (await AskAsync("GET", $"/v2/{Name}/blobs/{digest}", null, $"Range: bytes={Layer.Length}-")).Error);
    }

    [Theory]
    [InlineData("blobs", "404 BLOB_UNKNOWN")]
    [InlineData("manifests", "404 MANIFEST_UNKNOWN")]
    public async Task What_is_not_there(string kind, string error)
    {
        var path = $"/v2/{Name}/{kind}/{Digest.Of("absent"u8)}";
        Assert.Equal(error, (await AskAsync("GET", path)).Error);
        var head = await AskAsync("HEAD", path);
        Assert.Equal(404, head.Status);
        Assert.Empty(head.Body);
    }

    [Theory]
    [InlineData("HEAD", "v1")]
    [InlineData("HEAD", "")]
    [InlineData("GET", "v1")]
    [InlineData("GET", "")]
    public async Task A_manifest_by_tag_and_by_digest(string method, string tag)
    {
        var (manifest, _) = await PushManifestAsync("v1");
        var answer = await AskAsync(method, $"/v2/{Name}/manifests/{(tag == "" ? Digest.Of(manifest).ToString() : tag)}", null, $"Accept: {MediaTypes.OciManifest}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(MediaTypes.OciManifest, answer["Content-Type"]);
        Assert.Equal(Digest.Of(manifest).ToString(), answer["Docker-Content-Digest"]);
        Assert.Equal(method == "GET" ? manifest : [], answer.Body);
    }

    [Theory]
    [InlineData("*", 304)]
    [InlineData("\"DIGEST\"", 304)]
    [InlineData("W/\"DIGEST\"", 304)]
    [InlineData("\"other\", \"DIGEST\"", 304)]
    [InlineData("\"other\"", 200)]
    public async Task What_the_client_has_is_not_sent_again(string known, int status)
    {
        var (manifest, _) = await PushManifestAsync("v1");
        foreach (var (path, digest) in new[] { ("manifests/v1", Digest.Of(manifest)), ($"blobs/{Digest.Of(Layer)}", Digest.Of(Layer)) })
        {
            foreach (var method in new[] { "GET", "HEAD" })
            {
                var answer = await AskAsync(method, $"/v2/{Name}/{path}", null, $"If-None-Match: {known.Replace("DIGEST", digest.ToString(), StringComparison.Ordinal)}");
                Assert.Equal(status, answer.Status);
                Assert.Equal(status == 200 && method == "GET", answer.Body.Length > 0);
                Assert.Equal($"\"{digest}\"", answer["ETag"]);
            }
        }
    }
}
