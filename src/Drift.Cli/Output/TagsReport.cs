// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The tags of a repository or a layout.</summary>
internal sealed record TagsReport(string Repository, IReadOnlyList<string> Tags);
