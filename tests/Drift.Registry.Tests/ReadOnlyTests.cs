// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class ReadOnlyTests : RegistryTest
{
    [Fact]
    public async Task Serves_what_is_there_refuses_to_change_it_and_writes_nothing()
    {
        var manifest = await PushImageAsync("v1");
        await Server.DisposeAsync();
        var before = Snapshot();
        await using var server = await RegistryServer.StartAsync(Options with { ReadOnly = true }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };

        Assert.Equal(manifest, await client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled));
        foreach (var layer in OciJson.ReadManifest(manifest, "it").Layers)
        {
            using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v2/demo/app/blobs/{layer.Digest}"), Cancelled);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        }
        foreach (var (method, path) in new[]
        {
            ("POST", "/v2/demo/app/blobs/uploads/"), ("PUT", "/v2/demo/app/manifests/v2"), ("DELETE", "/v2/demo/app/manifests/v1"), ("DELETE", $"/v2/demo/app/blobs/{Digest.Of(manifest)}"),
            ("PATCH", $"/v2/demo/app/blobs/uploads/{Guid.NewGuid()}"),
        })
        {
            using var refused = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(manifest) }, Cancelled);
            Assert.Equal("405 UNSUPPORTED", await ErrorOf(refused));
            Assert.Equal("GET, HEAD", Header(refused, "Allow"));
        }
        Assert.Equal(before, Snapshot());
    }

    private string[] Snapshot() => [.. Directory.GetFileSystemEntries(Folder.Combine("registry"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O}")];
}
