// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Why a value does not match, in the parts that goss prints.</summary>
/// <param name="Actual">The value, as it was compared.</param>
/// <param name="Message">What it was expected, for example <c>to have prefix</c>.</param>
/// <param name="Expected">What follows the message.</param>
internal sealed record MatchFailure(JsonNode? Actual, string Message, JsonNode? Expected)
{
    /// <summary>The elements of a list that were expected and are not there; null when it is no list.</summary>
    public JsonArray? Missing { get; init; }

    /// <summary>The elements that were expected and are there.</summary>
    public JsonArray? Found { get; init; }

    /// <summary>The elements that were not expected.</summary>
    public JsonArray? Extra { get; init; }

    /// <summary>How the value was converted before it was compared; null when it was not.</summary>
    public Conversion? Conversion { get; init; }

    /// <summary>The value before it was converted.</summary>
    public JsonNode? Raw { get; init; }
}
