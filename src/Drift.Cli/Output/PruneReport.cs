// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What goes and what stays; sizes in bytes.</summary>
/// <param name="Repository">The repository or the layout.</param>
/// <param name="Deleted">Whether it was deleted; false for a plan alone.</param>
/// <param name="Items">Tags, and manifests without one.</param>
internal sealed record PruneReport(string Repository, bool Deleted, IReadOnlyList<PrunedItem> Items);
