// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>An answer as it came.</summary>
internal sealed record Answer(int Status, string Head, int ContentLength, byte[] Body)
{
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
        return answer with { ContentLength = int.Parse(answer.Header("Content-Length")!, CultureInfo.InvariantCulture) };
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
