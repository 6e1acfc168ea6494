// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Cli.Tests;

/// <summary>A client that pushes images of random blobs in each of the ways, and notes what the registry acknowledged.</summary>
internal sealed class RegistryPusher(string address, string repository, Random random, int largestBlob) : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{address}"), Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Paths that the registry said are there, with the SHA-256 of what is there.</summary>
    public List<(string Path, string Digest)> Acknowledged { get; } = [];

    /// <summary>Manifests that were acknowledged as referrers, with their subject.</summary>
    public List<(string Subject, string Referrer)> Referrers { get; } = [];

    /// <summary>What the tag <c>latest</c> may point at: what was acknowledged last, and what was sent since.</summary>
    public HashSet<string> Latest { get; } = [];

    public void Dispose() => _client.Dispose();

    /// <summary>Pushes one image, tags it as <c>latest</c>, and one that refers to it.</summary>
    public async Task PushAsync(CancellationToken cancellationToken)
    {
        var config = await PushBlobAsync(Encoding.UTF8.GetBytes($$"""{"n":{{random.Next()}}}"""), cancellationToken);
        var layer = await PushBlobAsync(RandomNumberGenerator.GetBytes(random.Next(1, largestBlob)), cancellationToken);
        var body = $$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}",SUBJECT"config":{"mediaType":"a/b","digest":"{{config.Digest}}","size":{{config.Size}}},
            "layers":[{"mediaType":"a/c","digest":"{{layer.Digest}}","size":{{layer.Size}}}]}
            """;
        var image = Encoding.UTF8.GetBytes(body.Replace("SUBJECT", "", StringComparison.Ordinal));
        var digest = DigestOf(image);
        Latest.Add(digest);
        await PutManifestAsync("latest", image, cancellationToken);
        Latest.Clear();
        Latest.Add(digest);
        var referrer = Encoding.UTF8.GetBytes(body.Replace("SUBJECT", $$"""
            "subject":{"mediaType":"{{ManifestType}}","digest":"{{digest}}","size":{{image.Length}}},
            """, StringComparison.Ordinal));
        await PutManifestAsync(DigestOf(referrer), referrer, cancellationToken);
        Referrers.Add((digest, DigestOf(referrer)));
    }

    /// <summary>Reads everything that was acknowledged back.</summary>
    public static async Task<int> PullAsync(HttpClient client, IEnumerable<(string Path, string Digest)> acknowledged, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (path, digest) in acknowledged)
        {
            using var response = await client.GetAsync(path, cancellationToken);
            Assert.True(response.IsSuccessStatusCode, $"{path} was acknowledged, and now it is {response.StatusCode}");
            Assert.Equal(digest, DigestOf(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
            count++;
        }
        return count;
    }

    private async Task<(string Digest, int Size)> PushBlobAsync(byte[] blob, CancellationToken cancellationToken)
    {
        var digest = DigestOf(blob);
        var uploads = $"/v2/{repository}/blobs/uploads/";
        var way = random.Next(3);
        if (way == 0) await ExpectAsync(HttpMethod.Post, $"{uploads}?digest={digest}", blob, HttpStatusCode.Created, cancellationToken);
        else
        {
            var location = await ExpectAsync(HttpMethod.Post, uploads, [], HttpStatusCode.Accepted, cancellationToken);
            var half = way == 1 ? 0 : blob.Length / 2;
            if (half > 0) await ExpectAsync(HttpMethod.Patch, location, blob[..half], HttpStatusCode.Accepted, cancellationToken);
            await ExpectAsync(HttpMethod.Put, $"{location}?digest={digest}", blob[half..], HttpStatusCode.Created, cancellationToken);
        }
        Acknowledged.Add(($"/v2/{repository}/blobs/{digest}", digest));
        return (digest, blob.Length);
    }

    private async Task PutManifestAsync(string reference, byte[] manifest, CancellationToken cancellationToken)
    {
        await ExpectAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", manifest, HttpStatusCode.Created, cancellationToken);
        Acknowledged.Add(($"/v2/{repository}/manifests/{DigestOf(manifest)}", DigestOf(manifest)));
    }

    private async Task<string> ExpectAsync(HttpMethod method, string path, byte[] body, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        if (path.Contains("/manifests/", StringComparison.Ordinal)) request.Content.Headers.ContentType = new MediaTypeHeaderValue(ManifestType);
        using var response = await _client.SendAsync(request, cancellationToken);
        if (response.StatusCode != expected) Assert.Fail($"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        return response.Headers.Location?.ToString() ?? "";
    }

    private static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
