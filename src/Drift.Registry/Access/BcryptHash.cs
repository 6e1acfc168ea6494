// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// A password's bcrypt hash, such as <c>$2y$10$</c> with 22 characters of salt and 31 of hash after it. Computing one takes 2^cost rounds, which
/// is what makes guessing slow.
/// </summary>
internal sealed class BcryptHash
{
    /// <summary>The most bytes of a password that bcrypt takes.</summary>
    public const int MaximumPasswordSize = 72;

    /// <summary>The costs that are accepted: 14 takes about a second, and each one more twice as long.</summary>
    public const int MinimumCost = 4, MaximumCost = 14;

    private const int Length = 60;
    private const int SettingLength = 29;
    private const string Letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> AllLetters = SearchValues.Create(Letters);
    private const string KnownPassword = "password", KnownHash = "$2y$04$8PgVIQP2WEMityRmEYaqPeWFgqfcAzX7Dad4yl3Cj/LPSe84MNecG";
    private readonly string _text;

    private BcryptHash(string text)
    {
        _text = text;
        Cost = int.Parse(text.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>Looks whether this machine can compute hashes.</summary>
    /// <exception cref="DriftException">It has no libcrypt, or one that does not know bcrypt.</exception>
    public static void EnsureSupported()
    {
        if (TryParse(KnownHash, out var hash) && hash.Matches(KnownPassword)) return;
        throw new DriftException(ErrorCode.NotSupported, "The system's libcrypt does not know bcrypt.", "Install libxcrypt; Debian's package is libcrypt1.");
    }

    /// <summary>The binary logarithm of the number of rounds.</summary>
    public int Cost { get; }

    /// <summary>Parses a hash of one of the kinds <c>$2a$</c>, <c>$2b$</c> and <c>$2y$</c>; false when it is none, or its cost is not accepted.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out BcryptHash? hash)
    {
        var isHash = text.Length == Length && (text.StartsWith("$2a$", StringComparison.Ordinal) || text.StartsWith("$2b$", StringComparison.Ordinal) || text.StartsWith("$2y$", StringComparison.Ordinal))
            && char.IsAsciiDigit(text[4]) && char.IsAsciiDigit(text[5]) && text[6] == '$' && text.AsSpan(7).IndexOfAnyExcept(AllLetters) < 0;
        hash = isHash ? new BcryptHash(text) : null;
        if (hash?.Cost is < MinimumCost or > MaximumCost) hash = null;
        return hash is not null;
    }

    /// <summary>Hashes a password of at most <see cref="MaximumPasswordSize"/> bytes without a NUL, with a new salt.</summary>
    public static BcryptHash Create(string password, int cost)
    {
        EnsureSupported();
        // The salt's 128 bits are 21 letters, and one of the four that stand for two bits.
        var salt = RandomNumberGenerator.GetString(Letters, 21) + RandomNumberGenerator.GetString(".Oeu", 1);
        var text = Compute(password, string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}${salt}"));
        return text is not null && TryParse(text, out var hash) ? hash : throw new CryptographicException("libcrypt took no new salt.");
    }

    /// <summary>A hash that no password is known for: to take as long as with one that somebody knows.</summary>
    public static BcryptHash Unknown(int cost) => new(string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}${RandomNumberGenerator.GetString(Letters, 21)}.{RandomNumberGenerator.GetString(Letters, 31)}"));

    /// <summary>Whether it is a password's hash. It takes the processor for as long as the cost says.</summary>
    public bool Matches(string password)
    {
        // crypt(3) would take a NUL for the end, and the part before it for the whole.
        if (password.Contains('\0', StringComparison.Ordinal)) return false;
        var computed = Compute(password, _text[..SettingLength]);
        return computed is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(computed), Encoding.UTF8.GetBytes(_text));
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static string? Compute(string password, string setting)
    {
        var bytes = Encoding.UTF8.GetBytes(password + "\0");
        try
        {
            return CryptLibrary.Hash(bytes, Encoding.ASCII.GetBytes(setting + "\0"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
