// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A tag, or a manifest without one; <paramref name="Action"/> is <c>delete</c> or <c>keep</c>.</summary>
internal sealed record PrunedItem(string Action, string? Tag, string Digest, string? Created, long Size, string Reason);
