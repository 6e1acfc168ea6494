// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Compressed layers, as gzip and as zstd: they decompress or their fault is told, and what is sound is what others make of it.</summary>
internal sealed class CompressionTarget() : FuzzTarget("compression")
{
    // Of a kilobyte of input a megabyte may come; more is not looked at.
    private const int MaximumOutput = 16 * 1024 * 1024;

    public override IReadOnlyList<string> Tokens => ["\x1f\x8b\x08\0", "\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18", "\0\0\0\0", "\x03\0"];

    public override async Task<string> RunAsync(byte[] input)
    {
        var outcome = "";
        foreach (var encoding in new[] { LayerEncoding.Gzip, LayerEncoding.Zstd })
        {
            using var blob = new MemoryStream(input);
            using var decompressor = LayerDecompressor.Open(encoding, blob)!;
            using var output = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int read;
            while (output.Length < MaximumOutput && (read = await decompressor.ReadAsync(buffer)) > 0) output.Write(buffer, 0, read);
            if (output.Length >= MaximumOutput) continue;
            outcome += $"{encoding} {decompressor.Problem} ";
            if (encoding == LayerEncoding.Gzip && decompressor.Problem is null) Ensure(await UnzipAsync(input) is { } other && other.AsSpan().SequenceEqual(output.ToArray()), "sound gzip is something else for .NET");
        }
        return outcome;
    }

    private static async Task<byte[]?> UnzipAsync(byte[] input)
    {
        try
        {
            await using var gzip = new GZipStream(new MemoryStream(input), CompressionMode.Decompress);
            using var output = new MemoryStream();
            await gzip.CopyToAsync(output);
            return output.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
