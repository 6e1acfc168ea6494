// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>A test against a registry of its own, over HTTP.</summary>
public abstract class RegistryTest : IAsyncLifetime
{
    protected TemporaryDirectory Folder { get; } = new();

    protected HttpClient Client { get; } = new();

    protected RegistryServer Server { get; private set; } = null!;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected virtual RegistryOptions Options => new() { StorageDirectory = Folder.Combine("registry") };

    public virtual async ValueTask InitializeAsync()
    {
        Server = await RegistryServer.StartAsync(Options, Cancelled);
        Client.BaseAddress = Server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await StopMoreAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the test has besides the registry.</summary>
    protected virtual ValueTask StopMoreAsync() => default;

    protected async Task RestartAsync()
    {
        var port = Server.Port;
        await Server.DisposeAsync();
        Server = await RegistryServer.StartAsync(Options with { Port = port }, Cancelled);
    }

    protected static byte[] RandomBytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body = null, string? contentType = null, string? contentRange = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (contentType is not null) request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (contentRange is not null) request.Content!.Headers.TryAddWithoutValidation("Content-Range", contentRange);
        return Client.SendAsync(request, Cancelled);
    }

    /// <summary>Opens an upload and returns its location.</summary>
    protected async Task<string> StartUploadAsync(string repository = "demo/app")
    {
        using var response = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.True(Guid.TryParse(response.Headers.GetValues("Docker-Upload-UUID").Single(), out _));
        var location = response.Headers.Location!;
        Assert.False(location.IsAbsoluteUri);
        return location.ToString();
    }

    protected async Task<Digest> PushBlobAsync(byte[] content, string repository = "demo/app")
    {
        var digest = Digest.Of(content);
        using var response = await SendAsync(HttpMethod.Put, $"{await StartUploadAsync(repository)}?digest={digest}", content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return digest;
    }

    /// <summary>Pushes a small image and returns its manifest.</summary>
    protected async Task<byte[]> PushImageAsync(string reference = "latest", string repository = "demo/app", int seed = 1)
    {
        var manifest = await ManifestOfNewBlobsAsync(repository, seed);
        using var response = await SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", manifest, MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return manifest;
    }

    protected async Task<byte[]> ManifestOfNewBlobsAsync(string repository = "demo/app", int seed = 1)
    {
        var config = Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"seed":{{{seed.ToString(CultureInfo.InvariantCulture)}}}}""");
        var layer = RandomBytes(1000, seed);
        await PushBlobAsync(config, repository);
        await PushBlobAsync(layer, repository);
        return ManifestOf(config, layer);
    }

    protected static byte[] ManifestOf(byte[] config, byte[] layer) => OciJson.Write(new ImageManifest
    {
        MediaType = MediaTypes.OciManifest,
        Config = Descriptor.Of(MediaTypes.OciConfig, config),
        Layers = [Descriptor.Of(MediaTypes.OciLayerGzip, layer)],
    });

    /// <summary>The status and the error's code, as in <c>404 BLOB_UNKNOWN</c>.</summary>
    protected static async Task<string> ErrorOf(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Cancelled));
        var error = body.RootElement.GetProperty("errors")[0];
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return $"{(int)response.StatusCode} {error.GetProperty("code").GetString()}";
    }

    protected static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    protected string[] FilesIn(string part) =>
        Directory.Exists(Folder.Combine("registry", part)) ? Directory.GetFiles(Folder.Combine("registry", part), "*", SearchOption.AllDirectories) : [];
}
