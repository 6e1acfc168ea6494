// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A file of a release; the size in bytes.</summary>
internal sealed record ReleasedFile(string Name, long Size, string Digest);
