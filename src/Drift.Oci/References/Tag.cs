// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace Drift.Oci;

/// <summary>A tag: at most 128 of <c>A-Z a-z 0-9 _ . -</c>, not beginning with <c>.</c> or <c>-</c> (distribution-spec).</summary>
public readonly record struct Tag
{
    private const int MaximumLength = 128;
    private readonly string? _text;

    private Tag(string text) => _text = text;

    /// <summary>The tag that a reference without one means.</summary>
    public static Tag Latest { get; } = new("latest");

    /// <summary>Parses a tag.</summary>
    /// <exception cref="ReferenceException">The text is no tag.</exception>
    public static Tag Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ErrorIn(text) is not { } error
            ? new Tag(text)
            : throw new ReferenceException(text, error.Position, error.Problem, "Use up to 128 letters, digits, _ . and -, beginning with a letter, digit or _.");
    }

    /// <summary>Parses a tag; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Tag tag)
    {
        var valid = text is not null && ErrorIn(text) is null;
        tag = valid ? new Tag(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    internal static (int Position, string Problem)? ErrorIn(string text)
    {
        if (text.Length == 0) return (0, "The tag is empty.");
        for (var i = 0; i < text.Length; i++)
        {
            if (i == MaximumLength) return (i, $"The tag is longer than {MaximumLength} characters.");
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c) || c == '_' || (i > 0 && c is '.' or '-')) continue;
            return (i, "A tag cannot have this character here.");
        }
        return null;
    }
}
