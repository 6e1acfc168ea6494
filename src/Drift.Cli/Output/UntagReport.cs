// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A tag that is gone.</summary>
internal sealed record UntagReport(string Layout, string Tag);
