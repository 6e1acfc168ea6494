// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>What matches all of several matchers, or one of them.</summary>
internal sealed class SetMatcher(IReadOnlyList<Matcher> inner, bool all) : Matcher
{
    public override bool Matches(JsonNode? actual) => all ? inner.All(matcher => matcher.Matches(actual)) : inner.Any(matcher => matcher.Matches(actual));

    public override MatchFailure Explain(JsonNode? actual, bool negated = false)
    {
        if (all && !negated) return inner.First(matcher => !matcher.Matches(actual)).Explain(actual);
        if (!all && negated) return inner.First(matcher => matcher.Matches(actual)).Explain(actual, negated: true);
        return new MatchFailure(actual, negated ? "not to satisfy all of these matchers" : "to satisfy at least one of these matchers", List());
    }

    public override JsonNode? Describe() => all && inner.Count == 1 ? inner[0].Describe() : new JsonObject { [all ? "and" : "or"] = List() };

    private JsonArray List() => [.. inner.Select(matcher => matcher.Describe())];
}
