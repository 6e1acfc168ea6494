// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A tag, or a digest with its tags, that is gone.</summary>
internal sealed record DeleteReport(string Image);
