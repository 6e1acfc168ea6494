// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// The disk of a snapshot, read by the direct APIs of EBS: no volume, no role and no bucket is needed. Blocks that were never written are not
/// there. What arrives is checked against its SHA-256.
/// </summary>
internal sealed class SnapshotDisk : IDiskSource
{
    private const int MaximumBlock = 4 << 20;
    private const int Readers = 8;
    private readonly AwsClient _client;
    private readonly string _snapshot;
    private readonly SortedList<long, string> _tokens;

    private SnapshotDisk(AwsClient client, string snapshot, long length, int blockSize, SortedList<long, string> tokens)
    {
        (_client, _snapshot, Length, BlockSize, _tokens) = (client, snapshot, length, blockSize, tokens);
    }

    public string Name => _snapshot;

    public long Length { get; }

    public int BlockSize { get; }

    /// <summary>How many blocks there are.</summary>
    public int Blocks => _tokens.Count;

    /// <summary>Lists the blocks of a snapshot.</summary>
    /// <exception cref="DriftException">AWS refuses, or answers what cannot be.</exception>
    public static async Task<SnapshotDisk> OpenAsync(AwsClient client, string snapshot, CancellationToken cancellationToken)
    {
        var tokens = new SortedList<long, string>();
        long length;
        int blockSize;
        string? page = null;
        do
        {
            var answer = await client.EbsAsync($"/snapshots/{snapshot}/blocks?maxResults=10000{(page is null ? "" : "&pageToken=" + Uri.EscapeDataString(page))}", cancellationToken).ConfigureAwait(false);
            try
            {
                var json = JsonNode.Parse(answer.Body)!;
                (length, blockSize) = ((long)json["VolumeSize"]! << 30, (int)json[nameof(BlockSize)]!);
                if (length is <= 0 or > 1L << 46 || blockSize is < 4096 or > MaximumBlock || (blockSize & (blockSize - 1)) != 0) throw new FormatException($"a volume of {length} bytes in blocks of {blockSize}");
                foreach (var block in (json[nameof(Blocks)] as JsonArray ?? []).OfType<JsonObject>())
                {
                    var index = (long)block["BlockIndex"]!;
                    if (index < 0 || index >= length / blockSize || !tokens.TryAdd(index, (string)block["BlockToken"]!)) throw new FormatException($"the block {index}, outside the volume or twice");
                }
                var next = (string?)json["NextToken"];
                if (next is not null && next == page) throw new FormatException("a page that follows itself");
                page = next;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
            {
                throw new DriftException(ErrorCode.CloudRefused, $"EBS answers no list of blocks of {snapshot}: {e.Message}", "Run it again.", e);
            }
        }
        while (page is not null);
        return new SnapshotDisk(client, snapshot, length, blockSize, tokens);
    }

    public async IAsyncEnumerable<DiskExtent> FindDataAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (var i = 0; i < _tokens.Count;)
        {
            var first = i++;
            while (i < _tokens.Count && _tokens.Keys[i] == _tokens.Keys[i - 1] + 1) i++;
            yield return new DiskExtent(_tokens.Keys[first] * BlockSize, (_tokens.Keys[i - 1] + 1 - _tokens.Keys[first]) * BlockSize);
        }
    }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var blocks = Enumerable.Range(0, buffer.Length == 0 ? 0 : (int)((offset + buffer.Length - 1) / BlockSize - offset / BlockSize + 1)).Select(i => offset / BlockSize + i);
        await Parallel.ForEachAsync(blocks, new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken }, async (block, cancelled) =>
        {
            var start = Math.Max(offset, block * BlockSize);
            var target = buffer.Slice((int)(start - offset), (int)(Math.Min(offset + buffer.Length, (block + 1) * BlockSize) - start));
            if (_tokens.TryGetValue(block, out var token)) (await FetchAsync(block, token, cancelled).ConfigureAwait(false)).Slice((int)(start - block * BlockSize), target.Length).CopyTo(target);
            else target.Span.Clear();
        }).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<ReadOnlyMemory<byte>> FetchAsync(long block, string token, CancellationToken cancellationToken)
    {
        const int Attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await _client.EbsAsync(string.Create(CultureInfo.InvariantCulture, $"/snapshots/{_snapshot}/blocks/{block}?blockToken={Uri.EscapeDataString(token)}"), cancellationToken).ConfigureAwait(false);
            if (answer.Body.Length == BlockSize && answer.Header("x-amz-Checksum") == Convert.ToBase64String(SHA256.HashData(answer.Body))) return answer.Body;
            if (attempt == Attempts) throw new DriftException(ErrorCode.ContentMismatch, $"Block {block} of {_snapshot} does not have the SHA-256 that EBS gives, {Attempts} times.", "Run it again: it goes on where it stopped.");
        }
    }
}
