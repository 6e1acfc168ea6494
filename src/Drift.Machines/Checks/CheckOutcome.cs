// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>How a check ended, by goss's numbers.</summary>
internal enum CheckOutcome
{
    /// <summary>It is as expected.</summary>
    Passed = 0,
    /// <summary>It is not.</summary>
    Failed = 1,
    /// <summary>It was not looked at.</summary>
    Skipped = 2,
}
