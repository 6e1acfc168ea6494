// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What a probe of a registry found.</summary>
public enum ProbeOutcome
{
    /// <summary>The registry can do it.</summary>
    Yes,
    /// <summary>It cannot, and clients do without.</summary>
    No,
    /// <summary>It refused, or answered what nobody should.</summary>
    Failed,
    /// <summary>There was nothing to try it on.</summary>
    Unknown,
}
