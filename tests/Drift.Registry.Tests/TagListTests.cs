// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class TagListTests : RegistryTest
{
    [Fact]
    public async Task Lists_tags_in_order_and_in_pages()
    {
        var manifest = await PushImageAsync("v10");
        foreach (var tag in new[] { "v2", "Latest", "v1", "_x" })
        {
            using var put = await SendAsync(HttpMethod.Put, $"/v2/demo/app/manifests/{tag}", manifest, MediaTypes.OciManifest);
        }
        string[] all = ["Latest", "_x", "v1", "v10", "v2"];
        Assert.Equal(all, (await ListAsync("/v2/demo/app/tags/list")).Tags);

        var pages = new List<string[]>();
        for (var next = "/v2/demo/app/tags/list?n=2"; next is not null;)
        {
            (var tags, next) = await ListAsync(next);
            pages.Add(tags);
        }
        Assert.Equal([2, 2, 1], pages.Select(page => page.Length));
        Assert.Equal(all, pages.SelectMany(page => page));

        Assert.Equal(["v2"], (await ListAsync("/v2/demo/app/tags/list?last=v10")).Tags);
        var (lastPage, none) = await ListAsync("/v2/demo/app/tags/list?n=2&last=v1");
        Assert.Equal(["v10", "v2"], lastPage);
        Assert.Null(none);
        Assert.Empty((await ListAsync("/v2/demo/app/tags/list?n=0")).Tags);
        Assert.Empty((await ListAsync("/v2/demo/app/tags/list?last=zzz")).Tags);
    }

    [Fact]
    public async Task A_repository_without_tags_has_an_empty_list_and_an_unknown_one_has_none()
    {
        await PushBlobAsync(RandomBytes(5));
        Assert.Equal("""{"name":"demo/app","tags":[]}""", await Client.GetStringAsync("/v2/demo/app/tags/list", Cancelled));
        using var response = await SendAsync(HttpMethod.Get, "/v2/demo/tags/list"); // Only a part of a name.
        Assert.Equal("404 NAME_UNKNOWN", await ErrorOf(response));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999")]
    public async Task Refuses_a_page_size_that_is_no_number(string n)
    {
        await PushBlobAsync(RandomBytes(5));
        using var response = await SendAsync(HttpMethod.Get, $"/v2/demo/app/tags/list?n={n}");
        Assert.Equal("400 PAGINATION_NUMBER_INVALID", await ErrorOf(response));
    }

    [Theory]
    [InlineData("tags/list")]
    [InlineData("a/blobs/uploads")]
    [InlineData("manifests")]
    [InlineData("blobs/manifests/tags")]
    public async Task A_repository_may_be_named_like_an_endpoint(string repository)
    {
        await PushImageAsync("latest", repository);
        using var head = await SendAsync(HttpMethod.Head, $"/v2/{repository}/manifests/latest");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(["latest"], (await ListAsync($"/v2/{repository}/tags/list")).Tags);
    }

    private async Task<(string[] Tags, string? Next)> ListAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Cancelled));
        var tags = body.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).ToArray();
        var link = Header(response, "Link");
        Assert.True(link is null || link.EndsWith(">; rel=\"next\"", StringComparison.Ordinal));
        return (tags, link?[1..link.IndexOf('>', StringComparison.Ordinal)]);
    }
}
