// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class LargeBlobTests : RegistryTest
{
    private const int Chunk = 1 << 20;
    private const int Chunks = 300;
    private const long MemoryLimit = 64L << 20;

    [Fact]
    public async Task Streams_300_megabytes_in_and_out_without_holding_them()
    {
        var chunk = RandomBytes(Chunk);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Chunks; i++) hash.AppendData(chunk);
        var digest = Digest.FromSha256(hash.GetHashAndReset());

        // Client and server share this process, so what both hold counts; other tests run beside it, hence the generous limit.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = before;
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{await StartUploadAsync()}?digest={digest}")
        {
            Content = new ChunkContent(chunk, () => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false))),
        };
        using (var put = await Client.SendAsync(request, Cancelled)) Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        using var get = await Client.GetAsync($"/v2/demo/app/blobs/{digest}", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal((long)Chunk * Chunks, get.Content.Headers.ContentLength);
        await using var body = await get.Content.ReadAsStreamAsync(Cancelled);
        var buffer = new byte[Chunk];
        for (int count; (count = await body.ReadAsync(buffer, Cancelled)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        }
        Assert.Equal(digest, Digest.FromSha256(hash.GetHashAndReset()));
        Assert.InRange(peak - before, long.MinValue, MemoryLimit);
    }

    private sealed class ChunkContent(byte[] chunk, Action afterEach) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < Chunks; i++)
            {
                await stream.WriteAsync(chunk);
                afterEach();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)Chunk * Chunks;
            return true;
        }
    }
}
