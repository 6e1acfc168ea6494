// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

public sealed class RedirectTests : DistributionTest
{
    private static readonly byte[] Layer = RandomBytes(50_000);
    private readonly Descriptor _layer = Descriptor.Of(MediaTypes.OciLayer, Layer);

    [Theory(Timeout = Limit)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_blob_may_be_elsewhere(int status)
    {
        await using var storage = new ScriptedRegistry().On("GET /bucket/x?signature=%2B/%3D&a=b", new ScriptedReply { Body = Layer });
        await using var registry = new ScriptedRegistry().On("GET /v2/app/blobs/", ScriptedReply.Redirect($"http://{storage.Host}/bucket/x?signature=%2B/%3D&a=b", status));
        Assert.Equal(Layer, await ReadAsync(registry.Repository, _layer));
    }

    [Fact(Timeout = Limit)]
    public async Task A_relative_redirect_and_that_of_a_question_are_followed()
    {
        await using var registry = new ScriptedRegistry()
            .On("GET /v2/", ScriptedReply.Redirect("/storage/1")).On("GET /storage/1", ScriptedReply.Redirect("2")).On("GET /storage/2", new ScriptedReply { Body = Layer })
            .On("HEAD /v2/", ScriptedReply.Redirect("/storage/3")).On("HEAD /storage/3", new ScriptedReply { Body = Layer });
        Assert.Equal(Layer, await ReadAsync(registry.Repository, _layer));
        Assert.True(await registry.Repository.ContainsBlobAsync(_layer, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task Redirects_come_to_an_end()
    {
        await using var registry = new ScriptedRegistry();
        for (var i = 0; i < 10; i++) registry.On("GET", ScriptedReply.Redirect("/again"));
        AssertContains("more than 5 times", (await FailsAsync(ErrorCode.RegistryError, () => ReadAsync(registry.Repository, _layer))).Message);
        Assert.Equal(6, registry.Requests.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://localhost/x")]
    [InlineData("data:text/plain,x")]
    [InlineData("//[")]
    [InlineData("http://")]
    [InlineData("")]
    public async Task A_redirect_to_nowhere_good_is_refused(string location)
    {
        await using var registry = new ScriptedRegistry().On("GET", ScriptedReply.Redirect(location));
        var error = await FailsAsync(ErrorCode.RegistryError, () => ReadAsync(registry.Repository, _layer));
        AssertContains("redirects", error.Message);
        Assert.False(error.IsTransient);
    }

    [Fact(Timeout = Limit)]
    public async Task Names_the_host_that_a_redirect_did_not_reach()
    {
        var port = TestKit.FreePort.Find();
        await using var registry = new ScriptedRegistry().On("GET", ScriptedReply.Redirect($"http://127.0.0.1:{port}/x"));
        AssertContains($"127.0.0.1:{port}", (await FailsAsync(ErrorCode.RegistryUnreachable, () => ReadAsync(registry.Repository, _layer))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_sent_is_redirected_only_where_its_method_stays()
    {
        await using var moved = new ScriptedRegistry().On("POST /v2/", ScriptedReply.Redirect("/elsewhere")).On("POST /elsewhere", ScriptedReply.Upload("/1")).On("PUT /1", new ScriptedReply { Status = 201 });
        await using (var upload = await moved.Repository.CreateBlobAsync(_layer, Cancelled))
        {
            await upload.WriteAsync(Layer, Cancelled);
            await upload.CommitAsync(_layer, Cancelled);
        }

        await using var registry = new ScriptedRegistry().On("POST", ScriptedReply.Redirect("/elsewhere", 302));
        await using var blob = await registry.Repository.CreateBlobAsync(_layer, Cancelled);
        await blob.WriteAsync(Layer, Cancelled);
        AssertContains("302", (await FailsAsync(ErrorCode.RegistryError, async () => await blob.CommitAsync(_layer, Cancelled))).Message);
        Assert.Single(registry.Requests);
    }
}
