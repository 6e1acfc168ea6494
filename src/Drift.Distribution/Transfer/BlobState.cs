// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What becomes of a blob.</summary>
public enum BlobState
{
    /// <summary>Its bytes travel.</summary>
    Moving,
    /// <summary>All of it is there.</summary>
    Done,
    /// <summary>It was there before.</summary>
    Present,
    /// <summary>The registry took it over from another of its repositories.</summary>
    Mounted,
}
