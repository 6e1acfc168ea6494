// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines.Tests;

/// <summary>What may stand in one place of a template.</summary>
/// <param name="Type"><c>String</c>, <c>Bool</c>, <c>Number</c>, <c>List</c>, <c>Map</c>, <c>Any</c>, or <c>Block</c>.</param>
/// <param name="IsRequired">Whether it must be there.</param>
internal sealed record SchemaEntry(string Type, bool IsRequired)
{
    /// <summary>The type of an expression that is a literal; null for others, whose type nobody knows before they are evaluated.</summary>
    public static string? TypeOf(string expression) => expression switch
    {
        "true" or "false" => "Bool",
        ['"', .. var rest] when rest.IndexOf('"', StringComparison.Ordinal) == rest.Length - 1 => "String",
        ['[', .., ']'] => "List",
        ['{', .., '}'] => "Map",
        _ when double.TryParse(expression, System.Globalization.CultureInfo.InvariantCulture, out _) => "Number",
        _ => null,
    };
}
