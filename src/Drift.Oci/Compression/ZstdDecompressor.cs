// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Decompresses what fits into memory. One instance serves one frame at a time.</summary>
internal sealed class ZstdDecompressor : IDisposable
{
    // What section 3.1.1.1.2 of RFC 8878 asks of every decoder: a frame that wants more is refused.
    private const int LargestWindowLog = 23;
    private readonly ZstdContext _context = ZstdContext.ForDecompression();

    public ZstdDecompressor() =>
        _ = ZstdLibrary.Checked(ZstdLibrary.SetDecompressorParameter(_context, ZstdLibrary.WindowLogMaximum, LargestWindowLog));

    /// <summary>Fills the output with what the first frame of the input has, which is all of it; false when it is damaged, or of another size.</summary>
    public unsafe bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* inputBytes = input, outputBytes = output)
        {
            var from = new ZstdBuffer((nint)inputBytes, input.Length);
            var to = new ZstdBuffer((nint)outputBytes, output.Length);
            try
            {
                _ = ZstdLibrary.Checked(ZstdLibrary.ResetDecompressor(_context, ZstdLibrary.ResetSession));
                while (true)
                {
                    var (read, written) = (from.Position, to.Position);
                    if (ZstdLibrary.Checked(ZstdLibrary.Decompress(_context, ref to, ref from)) == 0) return to.Position == to.Size;
                    if (from.Position == read && to.Position == written) return false;
                }
            }
            catch (Exception e) when (e is InvalidDataException or ZstdWindowException)
            {
                return false;
            }
        }
    }

    public void Dispose() => _context.Dispose();
}
