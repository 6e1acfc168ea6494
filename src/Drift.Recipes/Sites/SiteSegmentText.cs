// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace Drift.Recipes;

/// <summary>The part of a segment that holds paths, heads and the bodies of errors; equal texts are held once.</summary>
/// <param name="start">The part's offset in the segment, in bytes.</param>
internal sealed class SiteSegmentText(int start)
{
    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal);
    private readonly List<byte> _bytes = [];

    /// <summary>Where the part ends, as an offset in the segment.</summary>
    internal long End => start + (long)_bytes.Count;

    /// <summary>The offset of a text of ASCII, which is added when it is new.</summary>
    internal uint Add(string text)
    {
        if (_offsets.TryGetValue(text, out var offset)) return offset;
        offset = checked((uint)End);
        _bytes.AddRange(Encoding.ASCII.GetBytes(text));
        _offsets.Add(text, offset);
        return offset;
    }

    internal void CopyTo(Span<byte> destination) => CollectionsMarshal.AsSpan(_bytes).CopyTo(destination);
}
