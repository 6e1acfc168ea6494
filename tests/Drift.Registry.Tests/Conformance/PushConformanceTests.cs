// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>Push: blobs in each of the ways, and manifests.</summary>
public class PushConformanceTests : ConformanceTest
{
    private static readonly string LayerDigest = Digest.Of(Layer).ToString();

    [Theory]
    [InlineData("PUT")] // POST, then PUT with all of it.
    [InlineData("PATCH")] // POST, a PATCH with all of it and no range, PUT.
    [InlineData("POST")] // All in the POST.
    public async Task A_blob_as_a_whole(string method)
    {
        RawAnswer answer;
        if (method == "POST") answer = await AskAsync("POST", $"/v2/{Name}/blobs/uploads/?digest={LayerDigest}", Layer);
        else
        {
            var location = await StartAsync();
            if (method == "PATCH") location = (await AskAsync("PATCH", location, Layer))["Location"]!;
            answer = await AskAsync("PUT", $"{location}?digest={LayerDigest}", method == "PATCH" ? [] : Layer, "Content-Type: application/octet-stream");
        }
        Assert.Equal(201, answer.Status);
        Assert.Equal(LayerDigest, answer["Docker-Content-Digest"]);
        Assert.Equal(Layer, (await AskAsync("GET", answer["Location"]!)).Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_blob_in_chunks(bool lastWithPut)
    {
        var location = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var (first, last) = (i * 30_000, (i * 30_000) + 29_999);
            // A chunk that is not the next one changes nothing, wherever it is.
            var wrong = await AskAsync("PATCH", location, Layer[..30_000], $"Content-Range: {first + 1}-{last + 1}");
            Assert.Equal("416 BLOB_UPLOAD_INVALID", wrong.Error);
            Assert.Equal(location, wrong["Location"]);
            var status = await AskAsync("GET", location);
            Assert.Equal(204, status.Status);
            Assert.Equal($"0-{Math.Max(first - 1, 0)}", status["Range"]);

            var isPut = lastWithPut && i == 2;
            var answer = await AskAsync(isPut ? "PUT" : "PATCH", isPut ? $"{location}?digest={LayerDigest}" : location, Layer[first..(last + 1)], $"Content-Range: {first}-{last}");
            Assert.Equal(isPut ? 201 : 202, answer.Status);
            if (!isPut) Assert.Equal($"0-{last}", answer["Range"]);
        }
        if (!lastWithPut) Assert.Equal(201, (await AskAsync("PUT", $"{location}?digest={LayerDigest}", [])).Status);
        Assert.Equal(Layer, (await AskAsync("GET", $"/v2/{Name}/blobs/{LayerDigest}")).Body);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task A_blob_that_is_not_what_its_digest_says(string method)
    {
        var wrong = Digest.Of("another"u8);
        if (method == "POST")
        {
            Assert.Equal("400 DIGEST_INVALID", (await AskAsync("POST", $"/v2/{Name}/blobs/uploads/?digest={wrong}", Layer)).Error);
            return;
        }
        var location = await StartAsync();
        if (method == "PATCH") await AskAsync("PATCH", location, Layer);
        Assert.Equal("400 DIGEST_INVALID", (await AskAsync("PUT", $"{location}?digest={wrong}", method == "PATCH" ? [] : Layer)).Error);
    }

    [Fact]
    public async Task An_upload_that_is_cancelled()
    {
        var location = await StartAsync();
        await AskAsync("PATCH", location, Layer);
        Assert.Equal(204, (await AskAsync("DELETE", location)).Status);
        Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", (await AskAsync("GET", location)).Error);
        Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", (await AskAsync("PUT", $"{location}?digest={LayerDigest}", Layer)).Error);
    }

    [Theory]
    [InlineData("&from=conformance/two", 201)]
    [InlineData("", 201)] // From wherever it is.
    [InlineData("&from=conformance/none", 202)]
    public async Task A_blob_of_another_repository(string from, int status)
    {
        await PushAsync(Layer, "conformance/two");
        var answer = await AskAsync("POST", $"/v2/{Name}/blobs/uploads/?mount={LayerDigest}{from}");
        Assert.Equal(status, answer.Status);
        if (status == 202) Assert.Equal(201, (await AskAsync("PUT", $"{answer["Location"]}?digest={LayerDigest}", Layer)).Status);
        Assert.Equal(Layer, (await AskAsync("GET", $"/v2/{Name}/blobs/{LayerDigest}")).Body);
    }

    [Theory]
    [InlineData("sha512", 202)]
    [InlineData("sha256", 202)]
    [InlineData("md5", 400)]
    public async Task An_upload_names_its_algorithm(string algorithm, int status)
    {
        var start = await AskAsync("POST", $"/v2/{Name}/blobs/uploads/?digest-algorithm={algorithm}");
        Assert.Equal(status, start.Status);
        Assert.Null(start["OCI-Chunk-Min-Length"]); // Chunks may have any size.
        if (status == 400) return;
        var digest = algorithm == "sha512" ? "sha512:" + Convert.ToHexStringLower(SHA512.HashData(Layer)) : LayerDigest;
        Assert.Equal(digest, (await AskAsync("PUT", $"{start["Location"]}?digest={digest}", Layer))["Docker-Content-Digest"]);
        Assert.Equal(Layer, (await AskAsync("GET", $"/v2/{Name}/blobs/{digest}")).Body);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("")]
    public async Task A_manifest_by_tag_and_by_digest(string reference)
    {
        var (manifest, answer) = await PushManifestAsync(reference);
        Assert.Equal(201, answer.Status);
        Assert.Equal(Digest.Of(manifest).ToString(), answer["Docker-Content-Digest"]);
        Assert.Null(answer["OCI-Subject"]);
        Assert.Equal(manifest, (await AskAsync("GET", answer["Location"]!)).Body);
    }

    [Fact]
    public async Task A_manifest_by_digest_with_tags()
    {
        var (manifest, _) = await PushManifestAsync("first");
        var digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(manifest));
        var answer = await AskAsync("PUT", $"/v2/{Name}/manifests/{digest}?tag=v1&tag=v1.2&tag=latest", manifest, $"Content-Type: {MediaTypes.OciManifest}");
        Assert.Equal(201, answer.Status);
        Assert.Equal(["v1", "v1.2", "latest"], answer.Headers["OCI-Tag"]);
        foreach (var tag in answer.Headers["OCI-Tag"]) Assert.Equal(digest, (await AskAsync("HEAD", $"/v2/{Name}/manifests/{tag}"))["Docker-Content-Digest"]);
        Assert.Equal("400 TAG_INVALID", (await AskAsync("PUT", $"/v2/{Name}/manifests/{digest}?tag=.no", manifest, $"Content-Type: {MediaTypes.OciManifest}")).Error);
    }

    [Fact]
    public async Task An_artifact_without_layers_and_members_that_nobody_knows()
    {
        var empty = await PushAsync("{}"u8.ToArray());
        var descriptor = $$"""{"mediaType":"{{EmptyJson}}","digest":"{{empty}}","size":2,"data":"e30="}""";
        foreach (var layers in new[] { "", descriptor })
        {
            var manifest = Encoding.UTF8.GetBytes($$$"""{"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}","artifactType":"a/b","config":{{{descriptor}}},"layers":[{{{layers}}}],"unknown":{"a":[1]}}""");
            Assert.Equal(201, (await AskAsync("PUT", $"/v2/{Name}/manifests/artifact", manifest, $"Content-Type: {MediaTypes.OciManifest}")).Status);
            Assert.Equal(manifest, (await AskAsync("GET", $"/v2/{Name}/manifests/artifact")).Body);
        }
    }

    private async Task<string> StartAsync()
    {
        var answer = await AskAsync("POST", $"/v2/{Name}/blobs/uploads/");
        Assert.Equal(202, answer.Status);
        Assert.Equal("0", answer["Content-Length"]);
        return answer["Location"]!;
    }
}
