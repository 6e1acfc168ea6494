// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>How it is shown how far blobs have come.</summary>
internal enum ProgressMode
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>As bars on a terminal.</summary>
    Bars,
    /// <summary>As lines of JSON on standard error.</summary>
    Json,
}
