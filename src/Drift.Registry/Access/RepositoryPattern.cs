// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Drift.Registry;

/// <summary>
/// A pattern of repository names: <c>*</c> stands for any characters but a slash, <c>**</c> for any at all, and everything else for itself.
/// </summary>
public sealed class RepositoryPattern
{
    private const int MaximumLength = 255;
    private readonly string _text;
    private readonly Regex _expression;

    private RepositoryPattern(string text)
    {
        _text = text;
        var expression = Regex.Escape(text).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        // Names come from anyone: matching takes time in proportion to their length, whatever the pattern.
        _expression = new Regex($@"\A{expression}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>Every repository.</summary>
    public static RepositoryPattern Any { get; } = new("**");

    /// <summary>Parses a pattern of the characters of repository names, and asterisks; false when it is none.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out RepositoryPattern pattern)
    {
        var isPattern = text is { Length: > 0 and <= MaximumLength } && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '/' or '*') && !text.Contains("***", StringComparison.Ordinal);
        pattern = isPattern ? new RepositoryPattern(text) : null;
        return isPattern;
    }

    /// <summary>Whether it stands for the name.</summary>
    public bool Matches(string name) => _expression.IsMatch(name);

    /// <inheritdoc/>
    public override string ToString() => _text;
}
