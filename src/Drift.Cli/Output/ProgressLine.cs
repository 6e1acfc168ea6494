// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>One line of progress as JSON; sizes in bytes, the state as <c>moving</c>, <c>done</c>, <c>present</c> or <c>mounted</c>.</summary>
internal sealed record ProgressLine(string Event, int Blob, string? Digest, long Bytes, long? Size, string State);
