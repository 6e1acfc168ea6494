// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The facts of an image's config.</summary>
internal sealed record InspectConfig
{
    public required string Digest { get; init; }
    public required string MediaType { get; init; }
    public required long Size { get; init; }
    public string? Created { get; init; }
    public string? Author { get; init; }
    public IReadOnlyList<string>? Entrypoint { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
    public string? User { get; init; }
    public string? WorkingDirectory { get; init; }
    public IReadOnlyList<string>? Ports { get; init; }
    public IReadOnlyList<string>? Environment { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string? StopSignal { get; init; }
}
