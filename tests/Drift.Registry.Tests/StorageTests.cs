// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class StorageTests : RegistryTest
{
    [Fact]
    public async Task A_restart_keeps_what_was_pushed_and_ends_uploads()
    {
        var manifest = await PushImageAsync("v1");
        var location = await StartUploadAsync();
        using (var patch = await SendAsync(HttpMethod.Patch, location, RandomBytes(1000))) Assert.Equal(HttpStatusCode.Accepted, patch.StatusCode);
        await RestartAsync();

        Assert.Single(FilesIn("uploads"));
        using (var status = await SendAsync(HttpMethod.Get, location)) Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await ErrorOf(status));
        using var get = await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/v1");
        Assert.Equal(MediaTypes.OciManifest, Header(get, "Content-Type"));
        Assert.Equal(manifest, await get.Content.ReadAsByteArrayAsync(Cancelled));
        foreach (var layer in OciJson.ReadManifest(manifest, "it").Layers)
            Assert.Equal(layer.Digest, Digest.Of(await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{layer.Digest}", Cancelled)));
    }

    [Fact]
    public async Task Removes_what_a_killed_server_left_and_spares_a_living_one()
    {
        var location = await StartUploadAsync();
        using (var patch = await SendAsync(HttpMethod.Patch, location, RandomBytes(1000))) Assert.Equal(HttpStatusCode.Accepted, patch.StatusCode);
        var dead = Folder.Combine("registry", "uploads", "dead");
        Directory.CreateDirectory(dead);
        await File.WriteAllTextAsync(Path.Combine(dead, "part"), "x", Cancelled);
        await File.WriteAllTextAsync(dead + ".lock", "", Cancelled);

        await using (await RegistryServer.StartAsync(Options, Cancelled))
        {
            Assert.False(Path.Exists(dead));
            Assert.False(Path.Exists(dead + ".lock"));
            using var more = await SendAsync(HttpMethod.Patch, location, RandomBytes(1000));
            Assert.Equal("0-1999", Header(more, "Range"));
        }
    }

    [Fact]
    public async Task Two_servers_share_a_folder()
    {
        await using var other = await RegistryServer.StartAsync(Options, Cancelled);
        var manifest = await PushImageAsync("v1");
        Assert.Equal(manifest, await Client.GetByteArrayAsync(new Uri(other.Address, "/v2/demo/app/manifests/v1"), Cancelled));
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        var error = await Assert.ThrowsAsync<DriftException>(
            () => RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = Folder.Combine("second"), Port = Server.Port }, Cancelled));
        Assert.Equal(ErrorCode.PortUnavailable, error.Code);
        Assert.Contains($"{Server.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--port", error.Hint, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder.Combine("second"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        var file = Folder.Write("file", "");
        var error = await Assert.ThrowsAsync<DriftException>(
            () => RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = Path.Combine(file, "below") }, Cancelled));
        Assert.Equal(ErrorCode.FileSystem, error.Code);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_until_it_is_disposed_or_told_to_stop_waiting()
    {
        using var stop = new CancellationTokenSource();
        var told = Server.WaitForShutdownAsync(stop.Token);
        var disposed = Server.WaitForShutdownAsync(CancellationToken.None);
        await stop.CancelAsync();
        await told;
        Assert.False(disposed.IsCompleted);
        await Server.DisposeAsync();
        await disposed;
    }

    [Fact]
    public void Listens_on_the_loopback_address_only()
    {
        Assert.Equal("127.0.0.1", Server.Address.Host);
        Assert.Equal(Server.Port, Server.Address.Port);
        Assert.NotEqual(0, Server.Port);
    }
}
