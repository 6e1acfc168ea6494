// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary>An option that takes a number with a unit; what is none is told with the form that it wants.</summary>
internal class QuantityOption<T> : Option<T?>
    where T : struct
{
    /// <param name="name">The option.</param>
    /// <param name="description">What it says.</param>
    /// <param name="kind">What it takes, in a word.</param>
    /// <param name="form">How that is written.</param>
    /// <param name="parse">Reads it; null when it is none.</param>
    public QuantityOption(string name, string description, string kind, string form, Func<string, T?> parse)
        : base(name)
    {
        Description = description;
        HelpName = kind.ToUpperInvariant();
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (parse(text) is { } value) return value;
            result.AddError($"'{text}' is not a {kind}: {name} takes {form}.");
            return null;
        };
    }
}
