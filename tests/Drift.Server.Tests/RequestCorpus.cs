// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Server.Tests;

/// <summary>The requests of <c>tests/corpus</c>, by name.</summary>
internal static class RequestCorpus
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "corpus");

    public static IReadOnlyDictionary<string, RequestCase> Cases { get; } = Read();

    public static TheoryData<string> Names => new(Cases.Keys);

    /// <summary>The names of all files with requests.</summary>
    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.raw").Select(path => Path.GetFileNameWithoutExtension(path)!);

    private static Dictionary<string, RequestCase> Read() => File.ReadLines(Path.Combine(Folder, "expected.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split("  ", 2) is [var name, var rest] ? (name, rest) : throw new FormatException(line))
        .ToDictionary(pair => pair.name, pair => Parse(pair.name, pair.rest), StringComparer.Ordinal);

    private static RequestCase Parse(string name, string line)
    {
        var parts = line.Trim().Split("  ", 2);
        var words = parts[0].Split(' ');
        return new RequestCase(
            File.ReadAllBytes(Path.Combine(Folder, name + ".raw")),
            [.. words[..^1].Select(word => (int.Parse(word.TrimEnd('-'), CultureInfo.InvariantCulture), word.EndsWith('-')))],
            words[^1],
            parts.Length > 1 ? parts[1] : null);
    }
}
