// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Drift.Oci;

/// <summary>A content digest as the image specification writes it: <c>sha256:</c> or <c>sha512:</c> and lower-case hex.</summary>
public readonly record struct Digest
{
    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>The algorithm's registered name, <c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => Text[..Text.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The hash in lower-case hex, without the algorithm.</summary>
    public string Hex => Text[(Text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private string Text => _text ?? throw new InvalidOperationException("The digest is not set.");

    /// <summary>The SHA-256 digest of <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => FromSha256(SHA256.HashData(content));

    /// <summary>Wraps a finished SHA-256 hash of 32 bytes.</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, SHA256.HashSizeInBytes);
        return new Digest("sha256:" + Convert.ToHexStringLower(hash));
    }

    /// <summary>Parses <c>algorithm:hex</c>.</summary>
    /// <exception cref="ReferenceException">The text is no digest of a supported algorithm.</exception>
    public static Digest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var digest)
            ? digest
            : throw new ReferenceException(text, ErrorPosition(text), "This is not a digest.", "Write it as sha256: and 64 lower-case hex digits.");
    }

    /// <summary>Parses <c>algorithm:hex</c>; false when the text is no digest of a supported algorithm.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || HexLength(text) is not { } hexLength) return false;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (text.Length != colon + 1 + hexLength) return false;
        for (var i = colon + 1; i < text.Length; i++)
        {
            if (!char.IsAsciiHexDigitLower(text[i])) return false;
        }
        digest = new Digest(text);
        return true;
    }

    /// <summary>The hash that computes digests of this algorithm.</summary>
    public IncrementalHash CreateHash() =>
        IncrementalHash.CreateHash(Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    /// <summary>Whether <paramref name="hash"/>, as <see cref="CreateHash"/> returns it when finished, is this digest's.</summary>
    public bool Matches(ReadOnlySpan<byte> hash) => Hex.AsSpan().SequenceEqual(Convert.ToHexStringLower(hash));

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    private static int? HexLength(string text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) ? 64 : text.StartsWith("sha512:", StringComparison.Ordinal) ? 128 : null;

    private static int ErrorPosition(string text)
    {
        if (HexLength(text) is not { } hexLength) return 0;
        var start = text.IndexOf(':', StringComparison.Ordinal) + 1;
        for (var i = start; i < text.Length; i++)
        {
            if (i - start >= hexLength || !char.IsAsciiHexDigitLower(text[i])) return i;
        }
        return text.Length;
    }
}
