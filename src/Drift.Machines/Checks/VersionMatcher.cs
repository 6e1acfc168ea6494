// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Versions by semver.org that all lie in a range: <c>&gt;=1.2.0 &lt;2.0.0 !=1.5.0 || 3.0.0</c>, where a blank means and.</summary>
internal sealed class VersionMatcher : Matcher
{
    private readonly string _constraint;
    private readonly Func<int[], bool> _isInside;

    /// <exception cref="FormatException">The text is no range.</exception>
    public VersionMatcher(string constraint)
    {
        _constraint = constraint;
        var ranges = constraint.Split("||").Select(range => Bounds(range).ToArray()).ToArray();
        if (ranges.Any(range => range.Length == 0)) throw new FormatException("a range of versions is empty");
        _isInside = version => ranges.Any(range => range.All(bound => bound(version)));
    }

    public override bool Matches(JsonNode? actual)
    {
        return Conversion.ToText.Of(actual)!.GetValue<string>().Split('\n').All(text => _isInside(Parse(text) ?? throw new CheckException($"'{YamlDocument.Shown(text)}' is not a version by semver.org")));
    }

    public override MatchFailure Explain(JsonNode? actual, bool negated = false) => new(actual, negated ? "not to satisfy semver constraint" : "to satisfy semver constraint", _constraint);

    public override JsonNode Describe() => new JsonObject { ["semver-constraint"] = _constraint };

    private static IEnumerable<Func<int[], bool>> Bounds(string range)
    {
        // An operator may stand apart from its version.
        foreach (var operators in new[] { ">=", "<=", "!=", "==", ">", "<", "=", "!" }) range = range.Replace(operators + " ", operators, StringComparison.Ordinal);
        foreach (var bound in range.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = bound[..^bound.TrimStart('>', '<', '=', '!').Length];
            var limit = Parse(bound[sign.Length..]) ?? throw new FormatException($"'{YamlDocument.Shown(bound)}' is not a bound of versions");
            yield return sign switch
            {
                ">" => version => Compare(version, limit) > 0,
                ">=" => version => Compare(version, limit) >= 0,
                "<" => version => Compare(version, limit) < 0,
                "<=" => version => Compare(version, limit) <= 0,
                "" or "=" or "==" => version => Compare(version, limit) == 0,
                "!" or "!=" => version => Compare(version, limit) != 0,
                _ => throw new FormatException($"'{YamlDocument.Shown(sign)}' compares nothing"),
            };
        }
    }

    // Releases alone: a pre-release is none of the versions that a machine should have.
    private static int[]? Parse(string text)
    {
        var parts = text.Split('+')[0].Split('.');
        var numbers = parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return numbers.Length == 3 && numbers.All(number => number >= 0) ? numbers : null;
    }

    private static int Compare(int[] a, int[] b) => a.Zip(b, static (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0);
}
