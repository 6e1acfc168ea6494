// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>A test that follows the distribution specification's text, in the groups of its conformance suite, request by request as bytes.</summary>
public abstract class ConformanceTest : RegistryTest
{
    protected const string Name = "conformance/one";
    protected const string EmptyJson = "application/vnd.oci.empty.v1+json";

    protected static byte[] Config { get; } = Encoding.UTF8.GetBytes("""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""");

    protected static byte[] Layer { get; } = RandomBytes(90_000, 7);

    /// <summary>Sends one request on a connection of its own.</summary>
    private protected async Task<RawAnswer> AskAsync(string method, string path, byte[]? body = null, params string[] headers)
    {
        var lines = new List<string> { $"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close" };
        if (body is not null || method is "POST" or "PUT" or "PATCH") lines.Add(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body?.Length ?? 0}"));
        lines.AddRange(headers);
        return RawAnswer.Parse(await RawHttp.ExchangeAsync(Server.Port, string.Join("\r\n", lines) + "\r\n\r\n" + Encoding.Latin1.GetString(body ?? []), Cancelled, endSending: false));
    }

    /// <summary>Pushes a blob in one POST.</summary>
    protected async Task<Digest> PushAsync(byte[] blob, string name = Name)
    {
        Assert.Equal(201, (await AskAsync("POST", $"/v2/{name}/blobs/uploads/?digest={Digest.Of(blob)}", blob)).Status);
        return Digest.Of(blob);
    }

    /// <summary>Pushes the image's blobs and its manifest, with members added to it as they are written.</summary>
    private protected async Task<(byte[] Manifest, RawAnswer Answer)> PushManifestAsync(string reference, string members = "", string name = Name, string configType = MediaTypes.OciConfig)
    {
        await PushAsync(Config, name);
        await PushAsync(Layer, name);
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}",{{members}}
            "config":{"mediaType":"{{configType}}","digest":"{{Digest.Of(Config)}}","size":{{Config.Length}}},
            "layers":[{"mediaType":"{{MediaTypes.OciLayerGzip}}","digest":"{{Digest.Of(Layer)}}","size":{{Layer.Length}}}]}
            """);
        var answer = await AskAsync("PUT", $"/v2/{name}/manifests/{(reference == "" ? Digest.Of(manifest).ToString() : reference)}", manifest, $"Content-Type: {MediaTypes.OciManifest}");
        return (manifest, answer);
    }

    protected static string SubjectOf(byte[] manifest) => $$"""
        "subject":{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest.Of(manifest)}}","size":{{manifest.Length}}},
        """;
}
