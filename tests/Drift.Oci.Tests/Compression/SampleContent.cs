// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Oci.Tests;

/// <summary>Bytes of several kinds to compress; the same for the same kind and length.</summary>
internal static class SampleContent
{
    public static byte[] Of(string kind, int length)
    {
        var random = new Random(length + kind.Length);
        var content = new byte[length];
        switch (kind)
        {
            case "random":
                random.NextBytes(content);
                break;
            case "text":
                var text = new StringBuilder();
                while (text.Length < length) text.Append(Words[(int)(Words.Length * Math.Pow(random.NextDouble(), 2))]).Append(random.Next(9) == 0 ? ".\n" : " ");
                Encoding.ASCII.GetBytes(text.ToString(), 0, length, content, 0);
                break;
            case "binary":
                // Records of numbers that grow, as in programs and tables.
                for (var i = 0; i < length; i++) content[i] = (i & 7) switch { 0 => (byte)(i >> 3), 1 => (byte)(i >> 11), 2 => (byte)random.Next(4), 3 => (byte)random.Next(256), _ => 0 };
                break;
            case "mixed":
                for (var i = 0; i < length; i += 300_000)
                {
                    var part = Of(new[] { "zeros", "random", "text", "binary" }[i / 300_000 % 4], Math.Min(300_000, length - i));
                    part.CopyTo(content, i);
                }
                break;
        }
        return content;
    }

    private static readonly string[] Words = [.. Enumerable.Range(0, 2000).Select(i => Convert.ToBase64String(BitConverter.GetBytes(i * 2654435761L))[..(3 + i % 6)])];
}
