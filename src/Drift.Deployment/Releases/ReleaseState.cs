// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>How far a release has come.</summary>
public enum ReleaseState
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>An earlier run left a draft.</summary>
    Draft,

    /// <summary>Everyone sees it.</summary>
    Published,
}
