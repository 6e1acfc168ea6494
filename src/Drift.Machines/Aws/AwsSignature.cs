// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Machines;

/// <summary>Signs requests by AWS Signature Version 4 (docs.aws.amazon.com, "AWS Signature Version 4 for API requests").</summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of <c>Authorization</c>.</summary>
    /// <param name="access">Whose key signs.</param>
    /// <param name="service">The service, for example <c>ec2</c>.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path as it is sent.</param>
    /// <param name="query">The query as it is sent, without its question mark.</param>
    /// <param name="fields">The header fields to sign: all of them, <c>host</c> and <c>x-amz-date</c> among them.</param>
    /// <param name="body">The body.</param>
    /// <param name="time">The time in <c>x-amz-date</c>.</param>
    public static string Of(AwsAccess access, string service, string method, string path, string query, IEnumerable<(string Name, string Value)> fields, ReadOnlySpan<byte> body, DateTimeOffset time)
    {
        var (request, names) = Canonical(method, path, query, fields, body);
        var scope = $"{time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}/{access.Region}/{service}/aws4_request";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(access, scope), Encoding.UTF8.GetBytes(ToSign(request, scope, time))));
        return $"{Algorithm} Credential={access.KeyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    /// <summary>The request in its canonical form, and the names of the signed fields.</summary>
    internal static (string Request, string SignedFields) Canonical(string method, string path, string query, IEnumerable<(string Name, string Value)> fields, ReadOnlySpan<byte> body)
    {
        var sorted = fields.GroupBy(field => field.Name.ToLowerInvariant(), field => Squeeze(field.Value), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(group => group.Key));
        var lines = string.Concat(sorted.Select(group => $"{group.Key}:{string.Join(',', group)}\n"));
        return ($"{method}\n{CanonicalPath(path)}\n{CanonicalQuery(query)}\n{lines}\n{names}\n{Convert.ToHexStringLower(SHA256.HashData(body))}", names);
    }

    /// <summary>What is signed of a canonical request.</summary>
    internal static string ToSign(string canonical, string scope, DateTimeOffset time) =>
        $"{Algorithm}\n{TimeOf(time)}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";

    /// <summary>The value of <c>x-amz-date</c>.</summary>
    internal static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static byte[] KeyOf(AwsAccess access, string scope)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + access.Secret);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return key;
    }

    /// <summary>Without dots and empty segments, and each segment encoded once more than it is sent: as all services but S3 want it.</summary>
    private static string CanonicalPath(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0) segments.RemoveAt(segments.Count - 1);
            else if (segment is not ("" or "." or "..")) segments.Add(Uri.EscapeDataString(segment));
        }
        return segments.Count == 0 ? "/" : $"/{string.Join('/', segments)}{(path.EndsWith('/') ? "/" : "")}";
    }

    private static string CanonicalQuery(string query)
    {
        if (query.Length == 0) return "";
        var pairs = query.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => (Name: Encode(pair[0]), Value: pair.Length > 1 ? Encode(pair[1]) : ""));
        return string.Join('&', pairs.OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));
    }

    // As it is sent it may or may not be encoded already.
    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static string Squeeze(string value) => string.Join(' ', value.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
