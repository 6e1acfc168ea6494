// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>Headers by the paths that have them, as a project file states them: what <c>_headers</c> says, in YAML.</summary>
internal sealed class SiteHeadersShape : Shape<IReadOnlyList<SiteHeaderRule>>
{
    public override IReadOnlyList<SiteHeaderRule> Read(YamlNode node)
    {
        if (node.Entries is not { } paths) throw node.Error($"This should be a map; it is {node.Kind}.", "Write one entry for each path, for example /*, and its headers below it.");
        return [.. paths.Select(path => new SiteHeaderRule(SitePattern.Parse(path.Key.Text!, new SiteLine(path.Key.Position, path.Key.Text!), starsAnywhere: true), ReadLines(path.Value)))];
    }

    public override JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = ProjectShapes.Text.Schema() },
    };

    private static IReadOnlyList<(string Name, string? Value)> ReadLines(YamlNode node)
    {
        if (node.Entries is not { } lines) throw node.Error($"This should be a map; it is {node.Kind}.", "Write one line of NAME: VALUE for each header.");
        return [.. lines.Select(line => ReadLine(line.Key, ProjectShapes.Text.Read(line.Value)))];
    }

    private static (string Name, string? Value) ReadLine(YamlNode name, string text)
    {
        var value = text.Length == 0 ? null : text;
        return SiteHeaderNames.Check(name.Text!, value) is var (problem, hint) ? throw name.Error(problem, hint) : (name.Text!, value);
    }
}
