// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Who speaks to Oracle's cloud, and where: a user's API key, or the token of a session with its key.</summary>
internal sealed class OracleAccess : IDisposable
{
    private const string KeyEnd = "-----END ";
    private readonly RSA _key;

    /// <param name="tenancy">The tenancy's OCID.</param>
    /// <param name="user">The user's OCID; null with a token.</param>
    /// <param name="fingerprint">The API key's fingerprint, colon-separated; null with a token.</param>
    /// <param name="privateKey">The key, as PEM. What follows its end, as in keys from Oracle's console, is left out.</param>
    /// <param name="region">The region, for example <c>eu-frankfurt-1</c>.</param>
    /// <param name="token">The token of a session (<c>oci session authenticate</c>, or a token exchange of a workflow).</param>
    /// <exception cref="DriftException">The key is none, or has another fingerprint: told here, because Oracle only answers 401.</exception>
    public OracleAccess(string tenancy, string? user, string? fingerprint, string privateKey, string region, string? token = null)
    {
        Tenancy = OracleId.Check(tenancy, "tenancy");
        Region = region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && region.Length is > 4 and < 40 ? region
            : throw new DriftException(ErrorCode.InvalidSetting, $"'{region}' is no region of Oracle's.", "Name it as in uk-london-1.");
        _key = ReadKey(privateKey);
        Fingerprint = FingerprintOf(_key);
        if (token is not null)
        {
            KeyId = $"ST${token}";
            return;
        }
        if (fingerprint is null || user is null) throw new DriftException(ErrorCode.InvalidSetting, "A key of Oracle's API needs its user and its fingerprint.", "Give both, or the token of a session.");
        if (!string.Equals(fingerprint.Trim(), Fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            _key.Dispose();
            throw new DriftException(ErrorCode.AccessDenied, $"The private key has the fingerprint {Fingerprint}, and the settings say {fingerprint}.", "Take the fingerprint that Oracle's console shows beside this key.");
        }
        KeyId = $"{Tenancy}/{OracleId.Check(user, "user")}/{Fingerprint}";
    }

    public string Tenancy { get; }

    public string Region { get; }

    /// <summary>MD5 of the public key's DER, as Oracle's console shows it.</summary>
    public string Fingerprint { get; }

    /// <summary>What a signature names the key by.</summary>
    public string KeyId { get; }

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, as base64.</summary>
    public string Sign(ReadOnlySpan<byte> text) => Convert.ToBase64String(_key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public void Dispose() => _key.Dispose();

    private static RSA ReadKey(string text)
    {
        var end = text.IndexOf(KeyEnd, StringComparison.Ordinal);
        var line = end < 0 ? -1 : text.IndexOf('\n', end);
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(line < 0 ? text : text.AsSpan(0, line));
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            var isEncrypted = text.Contains("ENCRYPTED", StringComparison.Ordinal);
            throw new DriftException(ErrorCode.InvalidSetting, isEncrypted ? "The private key of Oracle's API is encrypted." : "The private key of Oracle's API is no RSA key in PEM.",
                isEncrypted ? "Give a key without a passphrase." : "Give the whole file, from -----BEGIN to -----END.", e);
        }
    }

#pragma warning disable CA5351 // A fingerprint is what Oracle says it is.
    private static string FingerprintOf(RSA key) => string.Join(':', MD5.HashData(key.ExportSubjectPublicKeyInfo()).Select(value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
#pragma warning restore CA5351
}
