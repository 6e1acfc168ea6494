// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>The image is broken or hostile: some or all tools refuse it.</summary>
    Error,
    /// <summary>Tools differ in what they make of it.</summary>
    Warning,
    /// <summary>Worth knowing.</summary>
    Note,
}
