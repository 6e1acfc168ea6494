// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Compression;

namespace Drift.Recipes;

/// <summary>Compresses one body with Brotli (RFC 7932).</summary>
internal sealed class SiteBrotli : IDisposable
{
    // As far as every decoder looks back; a shorter body needs no larger window.
    private const int SmallestWindow = 10, LargestWindow = 22;
    private readonly SiteVariant _variant;
    private readonly byte[] _output;
    private BrotliEncoder _encoder;

    internal SiteBrotli(SiteVariant variant, long length, int quality, byte[] output)
    {
        _variant = variant;
        _output = output;
        var window = SmallestWindow;
        while (window < LargestWindow && (1L << window) < length + 16) window++;
        _encoder = new BrotliEncoder(quality, window);
    }

    internal void Add(ReadOnlySpan<byte> input, bool isLast)
    {
        OperationStatus status;
        do
        {
            status = _encoder.Compress(input, _output, out var consumed, out var written, isLast);
            if (status == OperationStatus.InvalidData) throw new InvalidOperationException("Brotli failed.");
            _variant.Write(_output.AsSpan(0, written));
            input = input[consumed..];
        }
        while (status == OperationStatus.DestinationTooSmall || !input.IsEmpty);
    }

    public void Dispose() => _encoder.Dispose();
}
