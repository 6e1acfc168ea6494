// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;

namespace Drift.Server.Tests;

/// <summary>
/// What the RFCs, and the few choices that they leave, say about a stream of requests: a second opinion about the server, with expressions
/// of RFC 9112 on lines instead of a machine on bytes.
/// </summary>
internal static partial class RequestParser
{
    private const int HeadMax = 16384;
    private const int BodyMax = 1 << 20;
    private static readonly string[] Known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];
    private static readonly string[] Once = ["host", "content-length", "transfer-encoding"];

    /// <summary>All that is answered before the connection or the input ends.</summary>
    /// <param name="input">What the client sends, a character for each byte.</param>
    /// <param name="statusOf">The status for a path without its escapes.</param>
    public static List<Reply> Answer(string input, Func<string, int> statusOf)
    {
        var replies = new List<Reply>();
        for (var at = 0; Next(input, at, statusOf) is { } reply; at = reply.End)
        {
            if (reply.Status != 0) replies.Add(reply);
            if (reply.Closes) break;
        }
        return replies;
    }

    // Null where more input is needed.
    private static Reply? Next(string input, int at, Func<string, int> statusOf)
    {
        while (input.AsSpan(at).StartsWith("\r\n")) at += 2;
        var start = at;
        var isHead = input.AsSpan(at).StartsWith("HEAD ");
        Reply Refused(int status) => new(status, isHead, Closes: true, at);
        Reply? NoLine(int status) => input.Length - start < HeadMax ? null : Refused(status);

        if (Line(input, start, ref at) is not { } first) return NoLine(414);
        if (RequestLine().Match(first) is not { Success: true } line || line.Groups["escape"].Captures.Any(escape => !Escape().IsMatch(escape.Value))) return Refused(400);
        if (line.Groups["major"].Value != "1") return Refused(505);

        var fields = new List<(string Name, string Value)>();
        while (true)
        {
            if (Line(input, start, ref at) is not { } text) return NoLine(431);
            if (text.Length == 0) break;
            if (FieldLine().Match(text) is not { Success: true } field) return Refused(400);
            fields.Add((field.Groups["name"].Value.ToLowerInvariant(), field.Groups["value"].Value));
            if (Once.Contains(fields[^1].Name, StringComparer.Ordinal) && fields.Count(other => other.Name == fields[^1].Name) > 1) return Refused(400);
            if (!IsValid(fields[^1].Name, fields[^1].Value)) return Refused(400);
        }
        return Judge(input, at, line, isHead, fields, statusOf);
    }

    // The whole head is there and well-formed: what does it mean?
    private static Reply Judge(string input, int at, Match line, bool isHead, List<(string Name, string Value)> fields, Func<string, int> statusOf)
    {
        string? Value(string name) => fields.Where(field => field.Name == name).Select(field => field.Value).FirstOrDefault();
        var isOld = line.Groups["minor"].Value == "0";
        var coding = Value("transfer-encoding");
        var options = fields.Where(field => field.Name == "connection").SelectMany(field => Option().Matches(field.Value)).Select(option => option.Groups["option"].Value.ToLowerInvariant()).ToList();
        var closes = options.Contains("close") || (isOld && !options.Contains("keep-alive"));
        Reply Of(int status, bool last, int end) => new(status, isHead, last, end);

        if (coding is not null && (Value("content-length") is not null || isOld)) return Of(400, true, at);
        if (Value("host") is null && !isOld) return Of(400, true, at);
        var length = long.Parse(Value("content-length") ?? "0", CultureInfo.InvariantCulture);
        var isChunked = string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase);
        // A body that may not come (the client waits for leave), or behind which nothing is to come, is not waited for.
        var hasBody = length > 0 || coding is not null;
        if (hasBody && Value("expect") is not null) closes = true;
        if (length > BodyMax && !closes) return Of(413, true, at);
        if (coding is not null && !isChunked) return Of(501, true, at);

        var method = line.Groups["method"].Value;
        if (!Known.Contains(method, StringComparer.Ordinal)) return Of(501, true, at);
        var status = method is not ("GET" or "HEAD") ? 405
            : line.Groups["foreign"].Success ? 400
            : fields.Any(field => field is { Name: "expect", Value.Length: > 0 } && !string.Equals(field.Value, "100-continue", StringComparison.OrdinalIgnoreCase)) ? 417
            : statusOf(Unescape(line.Groups["path"].Value));
        if (status == 400 || closes || !hasBody) return Of(status, status == 400 || closes, at);
        if (!isChunked) return Of(status, false, (int)Math.Min(at + length, input.Length));
        // The answer does not wait for the chunks; wrong ones end the connection behind it.
        return Of(status, false, AfterChunks(input, at) ?? input.Length);
    }

    // Where a chunked body ends; null when it is wrong or goes on.
    private static int? AfterChunks(string input, int at)
    {
        var start = at;
        while (Chunk().Match(input, at) is { Success: true } chunk && at == chunk.Index)
        {
            at += chunk.Length;
            var digits = chunk.Groups["size"].Value.TrimStart('0');
            if (digits.Length == 0) return Trailer().Match(input, at) is { Success: true } end && end.Index == at ? end.Index + end.Length : null;
            if (digits.Length > 6 || int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var size && size > BodyMax - (at - start)) return null;
            at += size;
            if (at + 2 > input.Length || input[at..(at + 2)] != "\r\n") return null;
            at += 2;
        }
        return null;
    }

    // A line without its CR LF, or null when it does not end within the longest head.
    private static string? Line(string input, int start, ref int at)
    {
        var end = input.IndexOf("\r\n", at, Math.Min(input.Length, start + HeadMax) - at, StringComparison.Ordinal);
        if (end < 0) return null;
        var line = input[at..end];
        at = end + 2;
        return line;
    }

    private static bool IsValid(string name, string value) => name switch
    {
        "host" => HostValue().IsMatch(value),
        "content-length" => value.Length is > 0 and <= 19 && value.All(char.IsAsciiDigit) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "transfer-encoding" => value.Length > 0,
        _ => true,
    };

    private static string Unescape(string path) =>
        path.Length == 0 ? "/" : Escape().Replace(path, escape => ((char)Convert.ToByte(escape.Value[1..], 16)).ToString());

    // A path, which may follow the authority of an http URI (it cannot be cut before that); or, for methods that there are none of here, anything.
    [GeneratedRegex(@"\A(?<method>[!#$%&'*+\-.^_`|~0-9A-Za-z]+) (?:(?:[Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9\-._~!$&'()*+,;=:\[\]%]+)?(?<path>/(?:[!-~-[#%?\\]]|(?<escape>%.?.?))*|(?<=//[^/ ?]+))(?:\?[!-~-[#\\]]*)?|(?!/|[Hh](?:[Tt](?:[Tt](?:[Pp][Ss]?(?::/?)?)?)?)? |[Hh][Tt][Tt][Pp][Ss]?://)(?<foreign>[!-~-[#\\]]+)) HTTP/(?<major>[0-9])\.(?<minor>[0-9])\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"%(?!00)[0-9A-Fa-f]{2}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escape();

    [GeneratedRegex(@"\A(?<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(?<value>[\t -~\x80-\xff]*?)[ \t]*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"\A[A-Za-z0-9\-._~!$&'()*+,;=:\[\]%]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostValue();

    // Options up to the first that is malformed.
    [GeneratedRegex(@"\G[ \t,]*(?<option>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?=[ \t,]|\z)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Option();

    [GeneratedRegex(@"\G(?<size>[0-9A-Fa-f]+)(?:;[\t -~\x80-\xff]*)?\r\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Chunk();

    // Field lines, which are thrown away.
    [GeneratedRegex(@"\G(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*\r\n)*\r\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Trailer();
}
