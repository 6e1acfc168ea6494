// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Text that does not parse as a reference, digest, tag or platform. The message shows where.</summary>
public sealed class ReferenceException : DriftException
{
    /// <summary>Creates the error; the message is followed by the input with a mark under <paramref name="position"/>.</summary>
    public ReferenceException(string input, int position, string problem, string? hint = null)
        : base(ErrorCode.InvalidReference, $"{problem}\n  {Shown(input)}\n  {new string(' ', Math.Clamp(position, 0, Shown(input).Length))}^", hint)
    {
        Input = input;
        Position = position;
    }

    /// <summary>The text that was parsed.</summary>
    public string Input { get; }

    /// <summary>The offset in <see cref="Input"/>, in characters from 0, at which parsing stopped.</summary>
    public int Position { get; }

    // One line of printable text: a control character would move the mark or the terminal's cursor.
    private static string Shown(string input) =>
        string.Create(Math.Min(input.Length, 300), input, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) ? '?' : text[i];
        });
}
