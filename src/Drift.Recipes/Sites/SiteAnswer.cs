// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>One whole answer, as the segment holds it.</summary>
/// <param name="Head">The status line and the headers, in the order that <c>server/README.md</c> states.</param>
/// <param name="Type">Where the line Content-Type begins in the head.</param>
/// <param name="Tag">Where the line ETag begins in the head; 0 for none.</param>
internal sealed record SiteAnswer(string Head, int Type, int Tag)
{
    /// <summary><see cref="SiteFormat.AnswerLocation"/>, <see cref="SiteFormat.AnswerHealth"/> or 0.</summary>
    internal int Flags { get; init; }

    /// <summary>The body; null for none, or for the status line's own text.</summary>
    internal SiteBody? Body { get; init; }

    /// <summary>How many bytes of the status line, behind the version, are the body.</summary>
    internal int StatusLength { get; init; }

    internal SiteAnswer? Gzip { get; init; }

    internal SiteAnswer? Brotli { get; init; }
}
