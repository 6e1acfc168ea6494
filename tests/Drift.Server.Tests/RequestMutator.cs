// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>Damages requests of the corpus.</summary>
internal sealed class RequestMutator(Random random)
{
    private const int LongestSeed = 4096;
    private static readonly byte[][] Seeds = [.. RequestCorpus.Cases.Values.Select(request => request.Bytes).Where(bytes => bytes.Length <= LongestSeed)];

    // What parsers of HTTP have been deceived with.
    private static readonly byte[][] Dictionary = [.. new[]
    {
        "\r", "\n", "\r\n", "\r\n\r\n", "\0", " ", "\t", "\v", ":", ",", ";", "/", "?", "#", "%", "%2f", "%00", "\\", "\"", "*", "0", "9", "-", "=", "\x7f", "\x80", "\xff",
        "GET ", "HEAD ", "POST ", "/a.txt", "http://", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "Host: a\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n",
        "Content-Length: 3\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n", "Range: bytes=0-1\r\n", "If-None-Match: *\r\n",
        "Accept-Encoding: gzip\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "18446744073709551616", "4294967296", "fffffffff",
    }.Select(System.Text.Encoding.Latin1.GetBytes)];

    public byte[] Next()
    {
        List<byte> bytes = [.. Pick(Seeds)];
        if (random.Next(4) == 0) bytes.AddRange(Pick(Seeds));
        for (var i = random.Next(1, 5); i > 0 && bytes.Count > 0; i--) Damage(bytes);
        return [.. bytes];
    }

    private void Damage(List<byte> bytes)
    {
        var at = random.Next(bytes.Count);
        var length = random.Next(1, Math.Min(20, bytes.Count - at) + 1);
        switch (random.Next(7))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.InsertRange(at, Pick(Dictionary)); break;
            case 3: bytes.RemoveRange(at, length); break;
            case 4: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
            case 5: DoubleLine(bytes, at); break;
            default:
                // The rest comes from another request.
                var other = Pick(Seeds);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[random.Next(other.Length)..]);
                break;
        }
    }

    private static void DoubleLine(List<byte> bytes, int at)
    {
        var start = bytes.LastIndexOf((byte)'\n', at) + 1;
        var end = bytes.IndexOf((byte)'\n', at);
        if (end >= start) bytes.InsertRange(start, bytes.GetRange(start, end + 1 - start));
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
