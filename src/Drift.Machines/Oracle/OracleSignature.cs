// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace Drift.Machines;

/// <summary>Signs requests as Oracle asks (docs.oracle.com, "Request Signatures", version 1).</summary>
internal static class OracleSignature
{
    /// <summary>The header fields to send, the signature last.</summary>
    /// <param name="access">Whose key signs.</param>
    /// <param name="method">The method.</param>
    /// <param name="host">The host, with its port where it is not the scheme's.</param>
    /// <param name="target">Path and query exactly as they are sent.</param>
    /// <param name="date">The date as it is sent.</param>
    /// <param name="body">The body of a POST, PUT or PATCH; null for other methods, and for the parts of objects, whose bodies are not signed.</param>
    /// <param name="contentType">The body's type, exactly as it is sent.</param>
    public static IReadOnlyList<(string Name, string Value)> Of(OracleAccess access, HttpMethod method, string host, string target, string date, ReadOnlyMemory<byte>? body, string contentType)
    {
        var fields = new List<(string Name, string Value)> { ("date", date), ("(request-target)", $"{method.Method.ToLowerInvariant()} {target}"), ("host", host) };
        if (body is { } content)
        {
            fields.Add(("content-length", content.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            fields.Add(("content-type", contentType));
            fields.Add(("x-content-sha256", Convert.ToBase64String(SHA256.HashData(content.Span))));
        }
        var signature = access.Sign(Encoding.UTF8.GetBytes(string.Join('\n', fields.Select(field => $"{field.Name}: {field.Value}"))));
        var names = string.Join(' ', fields.Select(field => field.Name));
        fields.RemoveAll(field => field.Name == "(request-target)");
        return [.. fields, ("authorization", $"Signature version=\"1\",headers=\"{names}\",keyId=\"{access.KeyId}\",algorithm=\"rsa-sha256\",signature=\"{signature}\"")];
    }
}
