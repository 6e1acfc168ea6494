// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace Drift.Oci;

/// <summary>The name of a repository inside a registry, for example <c>library/debian</c> (distribution-spec, "Pulling manifests").</summary>
public readonly record struct RepositoryName
{
    private const int MaximumLength = 255;
    private readonly string? _text;

    private RepositoryName(string text) => _text = text;

    /// <summary>Parses a repository name.</summary>
    /// <exception cref="ReferenceException">The text is no repository name.</exception>
    public static RepositoryName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ErrorIn(text) is not { } error
            ? new RepositoryName(text)
            : throw new ReferenceException(text, error.Position, error.Problem, Hint);
    }

    /// <summary>Parses a repository name; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RepositoryName name)
    {
        var valid = text is not null && ErrorIn(text) is null;
        name = valid ? new RepositoryName(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    internal const string Hint = "Use lower-case letters and digits, with single . _ - or __ between them, and / between parts.";

    /// <summary>Where and why the text is no repository name, or null. Grammar: <c>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/…)*</c>.</summary>
    internal static (int Position, string Problem)? ErrorIn(string text)
    {
        if (text.Length == 0) return (0, "The repository name is empty.");
        if (text.Length > MaximumLength) return (MaximumLength, $"The repository name is longer than {MaximumLength} characters.");
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (IsAlphanumeric(c)) continue;
            if (char.IsAsciiLetterUpper(c)) return (i, "A repository name has no upper-case letters.");
            if (c is not ('.' or '_' or '-' or '/')) return (i, "A repository name cannot have this character.");
            // A separator stands between two alphanumeric characters; only '-' repeats freely and '_' twice.
            if (i == 0 || i == text.Length - 1) return (i, "A part of a repository name begins and ends with a letter or digit.");
            var next = text[i + 1];
            var continues = next == c && (c == '-' || (c == '_' && text[i - 1] != '_'));
            if (!IsAlphanumeric(next) && !continues) return (i + 1, "A part of a repository name begins and ends with a letter or digit.");
        }
        return null;
    }

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
