// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A perfect hash of paths. The hash of a path chooses a bucket; the bucket's odd multiplier, times the hash, chooses the slot,
/// and multipliers are searched until no slot has two paths.
/// </summary>
internal sealed class SitePathHash
{
    // FNV-1a's basis; the seed counts up from it in the rare case that no multiplier separates a bucket.
    private const ulong FirstSeed = 0xcbf29ce484222325;
    private const int MaxSeeds = 64;
    private const uint MaxMultiplier = 1 << 20;

    private SitePathHash(ulong seed, uint[] multipliers, int[] slots)
    {
        Seed = seed;
        Multipliers = multipliers;
        Slots = slots;
    }

    internal ulong Seed { get; }

    /// <summary>The multiplier of each bucket.</summary>
    internal IReadOnlyList<uint> Multipliers { get; }

    /// <summary>The index of the path in each slot, or -1.</summary>
    internal IReadOnlyList<int> Slots { get; }

    /// <summary>Finds the hash for paths, of which no two are equal. The same paths in the same order give the same hash.</summary>
    internal static SitePathHash Create(IReadOnlyList<byte[]> paths)
    {
        // At most four fifths of the slots are in use, and four slots make a bucket.
        var slotCount = 1;
        while (slotCount * 4L < paths.Count * 5L) slotCount *= 2;
        var bucketCount = Math.Max(1, slotCount / 4);
        for (var i = 0; i < MaxSeeds; i++)
        {
            var seed = FirstSeed + (ulong)i;
            if (TryCreate(paths, seed, bucketCount, slotCount) is { } found) return found;
        }
        throw new DriftException(ErrorCode.InvalidSite, $"No hash separates the {paths.Count} paths of the site.", "Serve fewer files.");
    }

    /// <summary>The slot of a path, as the server computes it.</summary>
    internal int SlotOf(ReadOnlySpan<byte> path)
    {
        var hash = Hash(path, Seed);
        return Slot(hash, Multipliers[(int)(hash & (ulong)(Multipliers.Count - 1))], Slots.Count);
    }

    private static SitePathHash? TryCreate(IReadOnlyList<byte[]> paths, ulong seed, int bucketCount, int slotCount)
    {
        var buckets = new List<(ulong Hash, int Index)>[bucketCount];
        for (var i = 0; i < bucketCount; i++) buckets[i] = [];
        for (var i = 0; i < paths.Count; i++)
        {
            var hash = Hash(paths[i], seed);
            buckets[(int)(hash & (ulong)(bucketCount - 1))].Add((hash, i));
        }

        var multipliers = new uint[bucketCount];
        Array.Fill(multipliers, 1u);
        var slots = new int[slotCount];
        Array.Fill(slots, -1);
        // The fullest buckets first, while there is room.
        foreach (var bucket in Enumerable.Range(0, bucketCount).OrderByDescending(b => buckets[b].Count))
        {
            if (buckets[bucket].Count == 0) break;
            var multiplier = 1u;
            while (!TryPlace(buckets[bucket], multiplier, slots))
            {
                multiplier += 2;
                if (multiplier > MaxMultiplier) return null;
            }
            multipliers[bucket] = multiplier;
        }
        return new SitePathHash(seed, multipliers, slots);
    }

    private static bool TryPlace(List<(ulong Hash, int Index)> bucket, uint multiplier, int[] slots)
    {
        for (var i = 0; i < bucket.Count; i++)
        {
            var slot = Slot(bucket[i].Hash, multiplier, slots.Length);
            if (slots[slot] < 0)
            {
                slots[slot] = bucket[i].Index;
                continue;
            }
            while (--i >= 0) slots[Slot(bucket[i].Hash, multiplier, slots.Length)] = -1;
            return false;
        }
        return true;
    }

    private static ulong Hash(ReadOnlySpan<byte> path, ulong seed)
    {
        var hash = seed;
        foreach (var b in path) hash = unchecked((hash ^ b) * SiteFormat.HashPrime);
        return hash ^ (hash >> SiteFormat.HashFold);
    }

    private static int Slot(ulong hash, uint multiplier, int slotCount) =>
        (int)((unchecked(hash * multiplier) >> SiteFormat.HashFold) & (ulong)(slotCount - 1));
}
