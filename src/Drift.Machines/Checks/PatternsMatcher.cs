// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>
/// The lines of a text that must be there, or must not: <c>foo</c> is part of a line, <c>/foo/</c> matches one, <c>!foo</c> and <c>!/foo/</c> do so with none, and a
/// backslash before the first <c>!</c> or <c>/</c> makes a plain character of it.
/// </summary>
internal sealed class PatternsMatcher : Matcher
{
    private readonly IReadOnlyList<(string Text, bool Inverse, Func<string, bool> Test)> _patterns;

    public PatternsMatcher(IEnumerable<string> patterns)
    {
        _patterns = [.. patterns.Select(Parse)];
    }

    public override bool Matches(JsonNode? actual)
    {
        var lines = Lines(actual);
        return _patterns.All(pattern => IsSatisfied(pattern, lines));
    }

    public override MatchFailure Explain(JsonNode? actual, bool negated = false)
    {
        var failure = new MatchFailure(actual, negated ? "not to have patterns" : "to have patterns", Describe(_ => true));
        if (negated) return failure;
        var lines = Lines(actual);
        return failure with { Missing = Describe(pattern => !IsSatisfied(pattern, lines)), Found = Describe(pattern => IsSatisfied(pattern, lines)) };
    }

    public override JsonNode Describe() => new JsonObject { ["have-patterns"] = Describe(_ => true) };

    private JsonArray Describe(Func<(string Text, bool Inverse, Func<string, bool> Test), bool> chosen) => [.. _patterns.Where(chosen).Select(pattern => JsonValue.Create(pattern.Text))];

    // "" is satisfied by a text without lines, too.
    private static bool IsSatisfied((string Text, bool Inverse, Func<string, bool> Test) pattern, IEnumerable<string> lines) =>
        pattern.Text.Length == 0 || lines.Any(pattern.Test) != pattern.Inverse;

    private static string[] Lines(JsonNode? actual)
    {
        // As goss does, whatever it is.
        var text = Conversion.ToText.Of(actual)!.GetValue<string>();
        var lines = text.Split('\n');
        return [.. (text.EndsWith('\n') || text.Length == 0 ? lines[..^1] : lines).Select(line => line.EndsWith('\r') ? line[..^1] : line)];
    }

    private static (string Text, bool Inverse, Func<string, bool> Test) Parse(string text)
    {
        var inverse = text.StartsWith('!');
        if (text.EndsWith('/') && (text.StartsWith('/') || text.StartsWith("!/", StringComparison.Ordinal)) && text.Length > (inverse ? 2 : 1))
        {
            var expression = GoPattern.Compile(text[(inverse ? 2 : 1)..^1]);
            return (text, inverse, expression.IsMatch);
        }
        var part = text.TrimStart('\\', '/', '!');
        return (text, inverse, line => line.Contains(part, StringComparison.Ordinal));
    }
}
