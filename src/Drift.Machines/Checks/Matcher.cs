// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>What a value of a machine is expected to be, as goss writes it. Values are JSON: true or false, a number, a text, or a list of texts.</summary>
internal abstract class Matcher
{
    /// <summary>Whether a value is as expected.</summary>
    /// <exception cref="CheckException">It is of a kind that cannot be compared.</exception>
    public abstract bool Matches(JsonNode? actual);

    /// <summary>Why a value is not as expected.</summary>
    /// <param name="actual">The value.</param>
    /// <param name="negated">Whether it was expected not to match.</param>
    public abstract MatchFailure Explain(JsonNode? actual, bool negated = false);

    /// <summary>How the matcher is written when it stands inside of another one.</summary>
    public abstract JsonNode? Describe();
}
