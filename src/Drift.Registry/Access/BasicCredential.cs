// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Registry;

/// <summary>A name and a password as HTTP Basic authentication sends them (RFC 7617).</summary>
internal sealed record BasicCredential(string User, string Password)
{
    private const string Scheme = "Basic ";
    private const int MaximumLength = 4096;

    /// <summary>Reads a request's <c>Authorization</c>; false when it is none of a name with a password.</summary>
    /// <param name="header">The header's value; empty when there is none.</param>
    /// <param name="credential">Null where there is no header, and where it is empty: some clients send a colon alone for no credentials.</param>
    public static bool TryRead(string header, out BasicCredential? credential)
    {
        credential = null;
        if (header.Length == 0) return true;
        if (header.Length > MaximumLength || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length)) return false;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        if (text == ":") return true;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return false;
        credential = new BasicCredential(text[..colon], text[(colon + 1)..]);
        return true;
    }
}
