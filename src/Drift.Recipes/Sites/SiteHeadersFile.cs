// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The file <c>_headers</c>, as Netlify documents it: a path, and lines of NAME: VALUE below it. <c>! NAME</c> takes a header away.</summary>
internal static class SiteHeadersFile
{
    internal const string Name = "_headers";
    private const int MaximumRules = 1000;

    internal static IReadOnlyList<SiteHeaderRule> Read(string directory)
    {
        var rules = new List<SiteHeaderRule>();
        var lines = new List<(string, string?)>();
        foreach (var line in SiteLine.Read(directory, Name))
        {
            if (line.Text[0] == '/')
            {
                if (rules.Count == MaximumRules) throw line.Error($"There are more than {MaximumRules} paths.", "Use patterns, which stand for many paths.");
                lines = [];
                rules.Add(new SiteHeaderRule(SitePattern.Parse(line.Text, line, starsAnywhere: true), lines));
            }
            else
            {
                lines.Add(Parse(line, hasPath: rules.Count > 0));
            }
        }
        return rules;
    }

    private static (string Name, string? Value) Parse(SiteLine line, bool hasPath)
    {
        if (line.Text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || line.Text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            throw line.Error("The rule is for one host.", "Begin it with /: the server answers for every host alike.");
        }
        if (!hasPath) throw line.Error("There is no path above this line.", "Write the path first, for example /*, and its headers below it.");
        var colon = line.Text.IndexOf(':', StringComparison.Ordinal);
        var (name, value) = line.Text[0] == '!' ? (line.Text[1..].Trim(), null)
            : colon > 0 ? (line.Text[..colon].TrimEnd(), line.Text[(colon + 1)..].Trim())
            : throw line.Error($"'{line.Text}' is neither a path nor a header.", "Write NAME: VALUE, or begin a path with /.");
        return SiteHeaderNames.Check(name, value) is var (problem, hint) ? throw line.Error(problem, hint) : (name, value);
    }
}
