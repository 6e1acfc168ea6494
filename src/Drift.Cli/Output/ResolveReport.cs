// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The images that files name, and the files that were written.</summary>
internal sealed record ResolveReport(IReadOnlyList<ImageResolution> Images, IReadOnlyList<string> Written);
