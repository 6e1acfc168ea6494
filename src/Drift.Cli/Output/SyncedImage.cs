// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>One image of a sync, or a repository whose tags could not be listed.</summary>
/// <param name="Source">Where it is.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="State"><c>unchanged</c>, <c>copied</c>, <c>different</c> or <c>failed</c>.</param>
/// <param name="Digest">What the target has, or would have; null when that is not known.</param>
/// <param name="Problem">What failed, and what to do about it; null where nothing did.</param>
internal sealed record SyncedImage(string Source, string Target, string State, string? Digest, ErrorReport? Problem);
