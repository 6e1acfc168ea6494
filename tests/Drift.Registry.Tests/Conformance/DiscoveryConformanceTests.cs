// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>Content discovery: tags, repositories and referrers.</summary>
public sealed class DiscoveryConformanceTests : ConformanceTest
{
    [Theory]
    [InlineData("", "a b c d", null)]
    [InlineData("?n=2", "a b", "n=2&last=b")]
    [InlineData("?n=2&last=b", "c d", null)]
    [InlineData("?n=4", "a b c d", null)]
    [InlineData("?n=0", "", null)]
    [InlineData("?last=c", "d", null)]
    public async Task Tags_in_order_and_in_pages(string query, string tags, string? next)
    {
        foreach (var tag in new[] { "d", "b", "a", "c" }) await PushManifestAsync(tag);
        var answer = await AskAsync("GET", $"/v2/{Name}/tags/list{query}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(Name, answer.Json.GetProperty("name").GetString());
        Assert.Equal(tags, string.Join(' ', answer.Json.GetProperty("tags").EnumerateArray()));
        Assert.Equal(next is null ? null : $"</v2/{Name}/tags/list?{next}>; rel=\"next\"", answer["Link"]);
    }

    [Fact]
    public async Task The_repositories_in_order_and_in_pages()
    {
        foreach (var name in new[] { "b/c", "b-c", "a", "b" }) await PushManifestAsync("v1", name: name);
        Assert.Equal("""{"repositories":["a","b","b-c","b/c"]}""", System.Text.Encoding.UTF8.GetString((await AskAsync("GET", "/v2/_catalog")).Body));
        var page = await AskAsync("GET", "/v2/_catalog?n=2&last=a");
        Assert.Equal("b b-c", string.Join(' ', page.Json.GetProperty("repositories").EnumerateArray()));
        Assert.Equal("</v2/_catalog?n=2&last=b-c>; rel=\"next\"", page["Link"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Referrers_of_a_subject_that_is_there_or_missing(bool isThere)
    {
        var subject = isThere ? (await PushManifestAsync("v1")).Manifest : RandomBytes(300);
        var (named, answer) = await PushManifestAsync("", $$"""
            "artifactType":"application/vnd.example.sbom","annotations":{"org.example.é":"\"quoted\""},{{SubjectOf(subject)}}
            """);
        Assert.Equal(Digest.Of(subject).ToString(), answer["OCI-Subject"]);
        var (unnamed, _) = await PushManifestAsync("signature", SubjectOf(subject), configType: "application/vnd.example.signature");
        await PushManifestAsync("other", SubjectOf(RandomBytes(5)));

        var all = await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(subject)}");
        Assert.Equal(200, all.Status);
        Assert.Equal(MediaTypes.OciIndex, all["Content-Type"]);
        Assert.Equal(2, all.Json.GetProperty("schemaVersion").GetInt32());
        var listed = all.Json.GetProperty("manifests").EnumerateArray().ToDictionary(entry => entry.GetProperty("digest").GetString()!);
        Assert.Equal(2, listed.Count);
        var sbom = listed[Digest.Of(named).ToString()];
        Assert.Equal(MediaTypes.OciManifest, sbom.GetProperty("mediaType").GetString());
        Assert.Equal(named.Length, sbom.GetProperty("size").GetInt32());
        Assert.Equal("application/vnd.example.sbom", sbom.GetProperty("artifactType").GetString());
        Assert.Equal("\"quoted\"", sbom.GetProperty("annotations").GetProperty("org.example.é").GetString());
        // Without an artifactType, the config's media type tells.
        Assert.Equal("application/vnd.example.signature", listed[Digest.Of(unnamed).ToString()].GetProperty("artifactType").GetString());
        Assert.Null(all["OCI-Filters-Applied"]);

        var filtered = await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(subject)}?artifactType=application/vnd.example.signature");
        Assert.Equal("artifactType", filtered["OCI-Filters-Applied"]);
        Assert.Equal(Digest.Of(unnamed).ToString(), Assert.Single(filtered.Json.GetProperty("manifests").EnumerateArray()).GetProperty("digest").GetString());
    }

    [Fact]
    public async Task An_index_refers_to_another_one()
    {
        var (child, _) = await PushManifestAsync("v1");
        var index = System.Text.Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","artifactType":"a/b",{{SubjectOf(child)}}"manifests":[]}
            """);
        Assert.Equal(Digest.Of(child).ToString(), (await AskAsync("PUT", $"/v2/{Name}/manifests/index", index, $"Content-Type: {MediaTypes.OciIndex}"))["OCI-Subject"]);
        var entry = Assert.Single((await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(child)}")).Json.GetProperty("manifests").EnumerateArray());
        Assert.Equal(MediaTypes.OciIndex, entry.GetProperty("mediaType").GetString());
        Assert.Equal("a/b", entry.GetProperty("artifactType").GetString());
    }

    [Fact]
    public async Task Nothing_refers_to_what_is_not_there()
    {
        var answer = await AskAsync("GET", $"/v2/unknown/referrers/{Digest.Of("absent"u8)}");
        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Json.GetProperty("manifests").EnumerateArray());
        Assert.Equal("400 DIGEST_INVALID", (await AskAsync("GET", $"/v2/{Name}/referrers/sha256:0")).Error);
    }

    [Fact]
    public async Task Referrers_in_pages_that_stay_small()
    {
        var subject = (await PushManifestAsync("v1")).Manifest;
        for (var i = 0; i < 5; i++) await PushManifestAsync("", $$"""
            "artifactType":"a/b","annotations":{"n":"{{i}}","large":"{{new string('x', 1_500_000)}}"},{{SubjectOf(subject)}}
            """);
        var pages = new List<int>();
        for (var next = $"/v2/{Name}/referrers/{Digest.Of(subject)}?artifactType=a/b"; next is not null;)
        {
            var page = await AskAsync("GET", next);
            Assert.InRange(page.Body.Length, 1, OciJson.MaximumSize);
            pages.Add(page.Json.GetProperty("manifests").GetArrayLength());
            next = page["Link"] is { } link ? link[1..link.IndexOf('>', StringComparison.Ordinal)] : null;
        }
        Assert.Equal([2, 2, 1], pages);
    }

    [Fact]
    public async Task Pushes_at_once_lose_no_referrer()
    {
        var subject = (await PushManifestAsync("v1")).Manifest;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PushManifestAsync("", $$"""
            "annotations":{"n":"{{i}}"},{{SubjectOf(subject)}}
            """)));
        Assert.Equal(40, (await AskAsync("GET", $"/v2/{Name}/referrers/{Digest.Of(subject)}")).Json.GetProperty("manifests").GetArrayLength());
    }
}
