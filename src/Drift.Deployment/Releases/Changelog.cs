// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A changelog as keepachangelog.com has it: a heading of the second level for each version, <c>## [1.2.3] - 2026-01-31</c>.</summary>
public static class Changelog
{
    private const int MaximumSize = 4 << 20;

    /// <summary>What the changelog says of a version: the lines under its heading, without empty ones around them.</summary>
    /// <exception cref="DriftException">The file cannot be read, has no heading for the version, or nothing under it.</exception>
    public static async Task<string> ReadAsync(string path, ReleaseVersion version, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (!File.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"There is no changelog {path}.", "Write one as https://keepachangelog.com has it, or name yours with --changelog.");
        if (new FileInfo(path).Length > MaximumSize) throw new DriftException(ErrorCode.InvalidSetting, $"{path} has more than 4 MiB.", "Name a changelog with --changelog.");
        var section = new StringBuilder();
        var isFound = false;
        foreach (var line in (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).ReplaceLineEndings("\n").Split('\n'))
        {
            var isHeading = line.StartsWith("## ", StringComparison.Ordinal);
            if (isFound && (isHeading || IsLinkDefinition(line))) break;
            if (isFound) section.Append(line).Append('\n');
            else isFound = isHeading && IsOf(line[3..], version);
        }
        if (!isFound) throw new DriftException(ErrorCode.InvalidSetting, $"{path} has no entry for {version}.", $"Give what is under Unreleased the heading: ## [{version}] - {TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
        return section.ToString().Trim('\n') is { Length: > 0 } text ? text : throw new DriftException(ErrorCode.InvalidSetting, $"{path} says nothing under {version}.", "Say there what users get.");
    }

    private static bool IsOf(string heading, ReleaseVersion version)
    {
        var word = heading.TrimStart().Split([' ', '\t', '('], 2)[0].Trim('[', ']');
        return word == version.ToString() || word == version.Tag;
    }

    /// <summary>The addresses that headings link to stand at the end: <c>[1.2.3]: https://…</c>.</summary>
    private static bool IsLinkDefinition(string line) => line.StartsWith('[') && line.Contains("]: ", StringComparison.Ordinal);
}
