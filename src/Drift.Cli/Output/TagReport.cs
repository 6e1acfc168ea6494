// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An image, and the tags that it has got.</summary>
internal sealed record TagReport(string Image, string Digest, IReadOnlyList<string> Tags);
