// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli.Tests;

/// <summary>What goes wrong with a request.</summary>
public enum ScriptedFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The server says 502, and does nothing.</summary>
    Unavailable,

    /// <summary>The connection is cut while a file arrives.</summary>
    CutsUpload,

    /// <summary>What was asked for is done, and the connection is cut before the answer.</summary>
    LosesAnswer,
}
