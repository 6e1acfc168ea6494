// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class MirrorTokenTests : RegistryTest
{
    private readonly TokenUpstream _upstream = new(RandomBytes(100_000));

    protected override RegistryOptions Options => base.Options with { Upstream = _upstream.Address };

    protected override ValueTask StopMoreAsync() => _upstream.DisposeAsync();

    [Fact]
    public async Task Asks_for_a_token_and_shows_it_to_no_other_host()
    {
        var digest = Digest.Of(_upstream.Blob);
        for (var i = 0; i < 2; i++) Assert.Equal(_upstream.Blob, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
        Assert.Equal(
        [
            $"registry /v2/demo/app/blobs/{digest}",
            "registry /token?service=the%20%22service%22&scope=repository%3Ademo%2Fapp%3Apull",
            $"registry /v2/demo/app/blobs/{digest} Bearer secret",
            "storage /blob?signature=1",
        ], _upstream.Requests);
    }

    [Fact]
    public async Task A_token_is_used_again()
    {
        var digest = Digest.Of(_upstream.Blob);
        for (var i = 0; i < 2; i++)
        {
            using var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/blobs/{digest}");
            Assert.Equal("100000", Header(head, "Content-Length"));
        }
        Assert.Single(_upstream.Requests, request => request.StartsWith("registry /token", StringComparison.Ordinal));
    }
}
