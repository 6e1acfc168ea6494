// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;

namespace Drift.Recipes;

/// <summary>The part of a segment that holds paths, heads and rules; equal texts are held once.</summary>
/// <param name="start">The part's offset in the segment, in bytes.</param>
internal sealed class SiteSegmentText(int start)
{
    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Where the part ends, as an offset in the segment.</summary>
    internal int End => checked(start + _bytes.WrittenCount);

    internal ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>The offset of a text in UTF-8, which is added when it is new.</summary>
    internal uint Add(string text)
    {
        if (_offsets.TryGetValue(text, out var offset)) return offset;
        offset = (uint)End;
        Encoding.UTF8.GetBytes(text, _bytes);
        _offsets.Add(text, offset);
        return offset;
    }
}
