// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Drift.Registry.Tests;

/// <summary>An answer of the registry, taken from its bytes.</summary>
internal sealed record RawAnswer(int Status, ILookup<string, string> Headers, byte[] Body)
{
    /// <summary>The only value of a header; null when it is absent.</summary>
    public string? this[string name] => Headers[name].SingleOrDefault();

    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The status and the code of the first error, as in <c>404 BLOB_UNKNOWN</c>.</summary>
    public string Error => $"{Status} {Json.GetProperty("errors")[0].GetProperty("code").GetString()}";

    public static RawAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToLookup(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("chunked", headers["Transfer-Encoding"]);
        return new RawAnswer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, bytes[(end + 4)..]);
    }
}
