// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Registry.Tests;

public sealed class PingTests : RegistryTest
{
    [Theory]
    [InlineData("/v2/")]
    [InlineData("/v2")]
    public async Task Answers_the_ping(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("registry/2.0", Header(response, "Docker-Distribution-Api-Version"));
        Assert.Equal("{}", await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Theory]
    [InlineData("/v1/")]
    [InlineData("/v2/demo")]
    [InlineData("/v2/demo/unknown/thing")]
    [InlineData("/v2/_catalog/more")]
    public async Task Says_404_to_what_is_no_endpoint(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal("404 UNSUPPORTED", await ErrorOf(response));
    }

    [Theory]
    [InlineData("POST", "/v2/", "GET, HEAD")]
    [InlineData("PUT", "/v2/demo/blobs/sha256:00", "GET, HEAD, DELETE")]
    [InlineData("GET", "/v2/demo/blobs/uploads/", "POST")]
    [InlineData("POST", "/v2/demo/blobs/uploads/1", "GET, HEAD, PATCH, PUT, DELETE")]
    [InlineData("POST", "/v2/demo/manifests/latest", "GET, HEAD, PUT, DELETE")]
    [InlineData("DELETE", "/v2/demo/tags/list", "GET, HEAD")]
    [InlineData("PUT", "/v2/demo/referrers/sha256:0", "GET, HEAD")]
    [InlineData("POST", "/v2/_catalog", "GET, HEAD")]
    public async Task Says_405_and_what_is_allowed(string method, string path, string allowed)
    {
        using var response = await SendAsync(new HttpMethod(method), path);
        Assert.Equal("405 UNSUPPORTED", await ErrorOf(response));
        Assert.Equal(allowed, Header(response, "Allow"));
    }
}
