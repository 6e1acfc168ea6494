// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Registry;

/// <summary>
/// Tokens that stand for a log-in, or for none, until they expire. Only this server knows the key that they are signed by, and it is new at every
/// start; a token ends with its user's password.
/// </summary>
internal sealed class AccessTokens(ChangingFile<IReadOnlyDictionary<string, BcryptHash>> users, TimeProvider timeProvider)
{
    /// <summary>How long a token may be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int TimeSize = sizeof(long);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token for a user; null for one who has not logged in.</summary>
    public string Create(string? user)
    {
        var name = Encoding.UTF8.GetBytes(user ?? "");
        var token = new byte[TimeSize + name.Length + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, (timeProvider.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        name.CopyTo(token, TimeSize);
        Sign(token.AsSpan(0, TimeSize + name.Length), user).CopyTo(token, TimeSize + name.Length);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token; false when it was not given out here, is too old, or its user or password is gone.</summary>
    /// <param name="text">The token.</param>
    /// <param name="user">The user; null for one who has not logged in.</param>
    public bool TryRead(string text, out string? user)
    {
        user = null;
        var token = new byte[text.Length];
        if (Base64Url.DecodeFromChars(text, token, out _, out var length) != OperationStatus.Done || length < TimeSize + HMACSHA256.HashSizeInBytes) return false;
        var content = token.AsSpan(0, length - HMACSHA256.HashSizeInBytes);
        var name = Encoding.UTF8.GetString(content[TimeSize..]);
        user = name.Length == 0 ? null : name;
        return CryptographicOperations.FixedTimeEquals(Sign(content, user), token.AsSpan(content.Length, HMACSHA256.HashSizeInBytes))
            && BinaryPrimitives.ReadInt64BigEndian(content) > timeProvider.GetUtcNow().ToUnixTimeSeconds()
            && (user is null || users.Value.ContainsKey(user));
    }

    private byte[] Sign(ReadOnlySpan<byte> content, string? user)
    {
        var hash = user is not null && users.Value.TryGetValue(user, out var known) ? known.ToString() : "";
        byte[] signed = [.. content, .. Encoding.ASCII.GetBytes(hash)];
        return HMACSHA256.HashData(_key, signed);
    }
}
