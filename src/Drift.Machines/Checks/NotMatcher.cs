// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Whatever does not match another matcher.</summary>
internal sealed class NotMatcher(Matcher inner) : Matcher
{
    public override bool Matches(JsonNode? actual) => !inner.Matches(actual);

    public override MatchFailure Explain(JsonNode? actual, bool negated = false) => inner.Explain(actual, !negated);

    public override JsonNode Describe() => new JsonObject { ["not"] = inner.Describe() };
}
