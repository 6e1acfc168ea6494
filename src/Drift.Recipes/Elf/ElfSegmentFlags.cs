// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>What may be done with a segment's memory: <c>p_flags</c>.</summary>
[Flags]
public enum ElfSegmentFlags
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Run it.</summary>
    Execute = 1,
    /// <summary>Write it.</summary>
    Write = 2,
    /// <summary>Read it.</summary>
    Read = 4,
}
