// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A canonical Huffman code of limited length (RFC 1951, section 3.2.2), made from frequencies. One instance is used again and again.</summary>
internal sealed class HuffmanCode
{
    private readonly ulong[] _sorted;
    private readonly int[] _parents;
    private readonly long[] _weights;

    public HuffmanCode(int symbols)
    {
        Frequencies = new int[symbols];
        Lengths = new byte[symbols];
        Codes = new uint[symbols];
        _sorted = new ulong[symbols];
        _parents = new int[2 * symbols];
        _weights = new long[2 * symbols];
    }

    /// <summary>How often each symbol occurs; the caller counts.</summary>
    public int[] Frequencies { get; }

    /// <summary>The length of each symbol's code in bits; 0 for one that does not occur.</summary>
    public byte[] Lengths { get; }

    /// <summary>Each symbol's code, its first bit lowest, as deflate writes it.</summary>
    public uint[] Codes { get; }

    /// <summary>Makes the code for the frequencies, with no code longer than <paramref name="limit"/> bits.</summary>
    public void Build(int limit)
    {
        Array.Clear(Lengths);
        var used = 0;
        for (var symbol = 0; symbol < Frequencies.Length; symbol++)
        {
            if (Frequencies[symbol] > 0) _sorted[used++] = ((ulong)(uint)Frequencies[symbol] << 16) | (uint)symbol;
        }
        if (used <= 1)
        {
            // A code needs two symbols to be complete; some decoders refuse one that is not.
            var only = used == 0 ? 0 : (int)(_sorted[0] & 0xffff);
            Lengths[only] = 1;
            Lengths[only == 0 ? 1 : 0] = 1;
        }
        else
        {
            // Ties are broken by the symbol's number, so the code depends on the frequencies alone.
            Array.Sort(_sorted, 0, used);
            Span<int> counts = stackalloc int[limit + 1];
            CountLengths(used, limit, counts);
            AssignLengths(used, counts);
        }
        AssignCodes();
    }

    /// <summary>Builds the tree over the sorted leaves with two queues, and counts how many leaves are at each depth.</summary>
    private void CountLengths(int used, int limit, Span<int> counts)
    {
        var weights = _weights.AsSpan(0, 2 * used - 1);
        weights.Clear();
        for (var i = 0; i < used; i++) weights[i] = (long)(_sorted[i] >> 16);
        int leaf = 0, inner = used;
        for (var next = used; next < weights.Length; next++)
        {
            for (var child = 0; child < 2; child++)
            {
                var takeLeaf = leaf < used && (inner >= next || weights[leaf] <= weights[inner]);
                var node = takeLeaf ? leaf++ : inner++;
                weights[next] += weights[node];
                _parents[node] = next;
            }
        }
        // From the root down: a node is one deeper than its parent. The weights are done with and hold depths from here.
        weights[^1] = 0;
        for (var node = weights.Length - 2; node >= 0; node--)
        {
            weights[node] = weights[_parents[node]] + 1;
            if (node < used) counts[(int)Math.Min(weights[node], limit)]++;
        }
        // Leaves that were cut to the limit overfill the code (Kraft's sum above 1): give one leaf of a shorter length up for two of the next.
        long room = 1L << limit;
        for (var length = 1; length <= limit; length++) room -= (long)counts[length] << (limit - length);
        while (room < 0)
        {
            var length = limit - 1;
            while (counts[length] == 0) length--;
            counts[length]--;
            counts[length + 1] += 2;
            counts[limit]--;
            room++;
        }
    }

    /// <summary>The rarest symbols get the longest codes.</summary>
    private void AssignLengths(int used, ReadOnlySpan<int> counts)
    {
        var next = 0;
        for (var length = counts.Length - 1; length >= 1; length--)
        {
            for (var i = counts[length]; i > 0; i--) Lengths[_sorted[next++] & 0xffff] = (byte)length;
        }
    }

    private void AssignCodes()
    {
        Span<uint> next = stackalloc uint[DeflateFormat.MaximumCodeLength + 2];
        Span<int> counts = stackalloc int[DeflateFormat.MaximumCodeLength + 1];
        foreach (var length in Lengths) counts[length]++;
        counts[0] = 0;
        uint code = 0;
        for (var length = 1; length <= DeflateFormat.MaximumCodeLength; length++)
        {
            code = (code + (uint)counts[length - 1]) << 1;
            next[length] = code;
        }
        for (var symbol = 0; symbol < Lengths.Length; symbol++)
        {
            var length = Lengths[symbol];
            Codes[symbol] = length == 0 ? 0 : Reverse(next[length]++, length);
        }
    }

    private static uint Reverse(uint code, int length)
    {
        uint reversed = 0;
        for (var i = 0; i < length; i++, code >>= 1) reversed = (reversed << 1) | (code & 1);
        return reversed;
    }
}
