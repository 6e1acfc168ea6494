// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>How hard the encoder looks for matches.</summary>
/// <param name="Depth">How many places are tried for each match.</param>
/// <param name="Nice">The length, in bytes, with which a match is taken without trying further.</param>
/// <param name="Stride">Inside a match, every how many places one is remembered for later.</param>
internal readonly record struct DeflateEffort(int Depth, int Nice, int Stride)
{
    /// <summary>For layers of any size: as small as zlib's level 2 to 3, and faster.</summary>
    public static DeflateEffort Fast => new(2, 32, 2);

    /// <summary>For a layer of one block, where time does not matter.</summary>
    public static DeflateEffort Thorough => new(48, DeflateFormat.MaximumMatch, 1);

    private static readonly DeflateEffort[] Levels =
    [
        new(1, 16, 4), Fast, new(4, 32, 2), new(8, 64, 2), new(12, 64, 1), new(24, 128, 1), Thorough,
        new(160, DeflateFormat.MaximumMatch, 1), new(512, DeflateFormat.MaximumMatch, 1),
    ];

    /// <summary>The effort of a level from 1 to 9; a higher one tries all that a lower one does, and more.</summary>
    public static DeflateEffort OfLevel(int level) => Levels[level - 1];
}
