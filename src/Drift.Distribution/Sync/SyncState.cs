// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What became of an image that is to be the same in two places.</summary>
public enum SyncState
{
    /// <summary>It was the same.</summary>
    Unchanged,
    /// <summary>It was copied.</summary>
    Copied,
    /// <summary>It is another one, or missing, and nothing was to be changed.</summary>
    Different,
}
