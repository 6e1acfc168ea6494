// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>One entry of a docker-archive's <c>manifest.json</c>.</summary>
internal sealed record DockerArchiveManifest
{
    public required string Config { get; init; }
    public IReadOnlyList<string>? RepoTags { get; init; }
    public required IReadOnlyList<string> Layers { get; init; }
}
