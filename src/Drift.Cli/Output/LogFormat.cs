// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>How a server's log is written.</summary>
internal enum LogFormat
{
    /// <summary>What is wrong, for people; no requests.</summary>
    Problems,

    /// <summary>A line for each request, for people.</summary>
    Text,

    /// <summary>A JSON object for each request, in a line.</summary>
    Json,
}
