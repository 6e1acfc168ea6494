// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace Drift.Oci;

/// <summary>Decompresses Zstandard (RFC 8878) of any number of frames, skippable ones among them.</summary>
internal sealed class ZstdReader : LayerDecompressor
{
    /// <summary>The most memory that a frame may ask for, in bytes: what <c>zstd --long=27</c> asks for and <c>zstd -d</c> gives.</summary>
    public const int LargestWindow = 1 << LargestWindowLog;

    private const int LargestWindowLog = 27;
    private const int MagicSize = 4;
    private const uint Magic = 0xFD2FB528, SkippableMagic = 0x184D2A50, SkippableMask = 0xFFFFFFF0;
    private readonly Stream _blob;
    private readonly ZstdContext _context = ZstdContext.ForDecompression();
    private readonly byte[] _inputBytes = GC.AllocateUninitializedArray<byte>(128 * 1024, pinned: true);
    private readonly byte[] _outputBytes = GC.AllocateUninitializedArray<byte>(128 * 1024, pinned: true);
    private ZstdBuffer _input;
    private ZstdBuffer _output;
    private int _given;
    private bool _isBetweenFrames = true;
    private bool _hasFrame;

    /// <exception cref="DriftException">libzstd is not there.</exception>
    public ZstdReader(Stream blob)
        : base("zstd")
    {
        _blob = blob;
        _input = new ZstdBuffer(_inputBytes) { Size = 0 };
        _output = new ZstdBuffer(_outputBytes);
        _ = ZstdLibrary.Checked(ZstdLibrary.SetDecompressorParameter(_context, ZstdLibrary.WindowLogMaximum, LargestWindowLog));
    }

    protected override async ValueTask<int> DecompressAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_given == (int)_output.Position)
        {
            // A full output may have left more of it inside of the decoder, which needs no input for that.
            var isDrained = _output.Position < _output.Size;
            if (_isBetweenFrames)
            {
                if (!await FillAsync(MagicSize, cancellationToken).ConfigureAwait(false)) return End(AtEnd());
                if (!IsMagic(Rest)) return End(_hasFrame ? FindingId.CompressionTrailing : FindingId.CompressionDamaged);
            }
            else if (isDrained && !await FillAsync(1, cancellationToken).ConfigureAwait(false))
            {
                return End(FindingId.CompressionTruncated);
            }
            _output.Position = 0;
            _given = 0;
            try
            {
                _isBetweenFrames = ZstdLibrary.Checked(ZstdLibrary.Decompress(_context, ref _output, ref _input)) == 0;
            }
            catch (InvalidDataException)
            {
                return End(FindingId.CompressionDamaged);
            }
            catch (ZstdWindowException)
            {
                return End(FindingId.LayerUnreadable);
            }
            _hasFrame |= _isBetweenFrames;
        }
        var count = Math.Min(buffer.Length, (int)_output.Position - _given);
        _outputBytes.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    private ReadOnlySpan<byte> Rest => _inputBytes.AsSpan((int)_input.Position, (int)(_input.Size - _input.Position));

    /// <summary>Reads until there are as many bytes of input; false when the blob ends before.</summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        var rest = Rest.Length;
        if (rest >= count) return true;
        Rest.CopyTo(_inputBytes);
        rest += await _blob.ReadAtLeastAsync(_inputBytes.AsMemory(rest), count - rest, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _input.Position = 0;
        _input.Size = (nuint)rest;
        return rest >= count;
    }

    /// <summary>How data ends that has fewer bytes left than a frame begins with.</summary>
    private FindingId? AtEnd()
    {
        if (Rest.IsEmpty) return _hasFrame ? null : FindingId.CompressionTruncated;
        Span<byte> start = stackalloc byte[MagicSize];
        var isCut = false;
        foreach (var magic in (ReadOnlySpan<uint>)[Magic, SkippableMagic])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(start, magic);
            Rest.CopyTo(start);
            isCut |= IsMagic(start);
        }
        return isCut ? FindingId.CompressionTruncated : _hasFrame ? FindingId.CompressionTrailing : FindingId.CompressionDamaged;
    }

    /// <summary>Whether a frame, or a skippable one, begins with these bytes.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> start) =>
        BinaryPrimitives.ReadUInt32LittleEndian(start) is var magic && (magic == Magic || (magic & SkippableMask) == SkippableMagic);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _context.Dispose();
        base.Dispose(disposing);
    }
}
