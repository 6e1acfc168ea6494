// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines.Tests;

/// <summary>What goes wrong with a request.</summary>
internal enum CloudFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The process that asks is killed, and nothing is done.</summary>
    KilledBefore,

    /// <summary>What was asked for is done, and the process that asks is killed before the answer.</summary>
    KilledAfter,

    /// <summary>What was asked for is done, and the connection is cut before the answer.</summary>
    LosesAnswer,

    /// <summary>The cloud says that it is busy, and does nothing.</summary>
    Busy,
}
