// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>An answer as it came.</summary>
internal sealed record Answer(int Status, string Head, int ContentLength, byte[] Body)
{
    private const int DateLength = 29;
    private static ReadOnlySpan<byte> DateField => "\r\nDate: "u8;

    public bool Closes => Head.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal);

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .SingleOrDefault();

    public static Answer ParseHead(string head)
    {
        Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
        var answer = new Answer(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, 0, []);
        return answer.Status == 304 ? answer : answer with { ContentLength = int.Parse(answer.Header("Content-Length")!, CultureInfo.InvariantCulture) };
    }

    /// <summary>There is one Date, in the form that RFC 9110 5.6.7 prefers, and it is that of now.</summary>
    public void CheckDate()
    {
        var date = DateTimeOffset.ParseExact(Header("Date")!, "r", CultureInfo.InvariantCulture);
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(date, now.AddSeconds(-2), now.AddSeconds(2));
    }

    /// <summary>The same bytes with a dash for each of the dates in heads: two answers to one request may come in two seconds.</summary>
    public static byte[] WithoutDates(byte[] bytes)
    {
        var copy = (byte[])bytes.Clone();
        for (var at = 0; copy.AsSpan(at).IndexOf(DateField) is >= 0 and var found; at += found + DateField.Length)
        {
            var date = copy.AsSpan(at + found + DateField.Length);
            date[..Math.Min(date.Length, DateLength)].Fill((byte)'-');
        }
        return copy;
    }

    /// <summary>Parts a stream of answers; <paramref name="heads"/> tells which of them have no body.</summary>
    public static List<Answer> ParseAll(byte[] bytes, Func<int, bool> heads)
    {
        var answers = new List<Answer>();
        var left = bytes.AsSpan();
        while (!left.IsEmpty)
        {
            var end = left.IndexOf("\r\n\r\n"u8);
            Assert.True(end >= 0, "An answer's head has no end.");
            var answer = ParseHead(Encoding.Latin1.GetString(left[..(end + 4)]));
            left = left[(end + 4)..];
            var length = heads(answers.Count) ? 0 : answer.ContentLength;
            Assert.True(length <= left.Length, "An answer's body is cut.");
            answers.Add(answer with { Body = left[..length].ToArray() });
            left = left[length..];
        }
        return answers;
    }
}
