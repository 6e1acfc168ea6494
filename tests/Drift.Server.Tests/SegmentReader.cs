// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>Answers requests from a site segment as the server does: written from server/README.md alone, so that it checks the writer.</summary>
internal sealed class SegmentReader(byte[] bytes)
{
    private const int Fallback = 36, Rules = 40, BadRequest = 44, NotFound = 48;
    private const int Gzip = 1, Brotli = 2, Location = 4, Health = 8;

    public uint TotalLength => U32(8);

    /// <summary>What a client gets that sends a target and, if at all, what it accepts as encoding.</summary>
    public SegmentAnswer Get(string target, string? acceptEncoding = null)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (target, "") : (target[..question], target[question..]);
        if (Decode(path) is not { } decoded) return Read((int)U32(BadRequest), acceptEncoding, "");
        var slot = SlotOf(decoded);
        if (Match(path, query, slot is null, acceptEncoding) is { } matched) return matched;
        if (slot is { } found) return Read((int)U32(found + 8), acceptEncoding, query);
        var fallback = (int)U32(Fallback);
        var answer = fallback != 0 && !path[(path.LastIndexOf('/') + 1)..].Contains('.', StringComparison.Ordinal) ? fallback : (int)U32(NotFound);
        return Read(answer, acceptEncoding, query);
    }

    /// <summary>The answer that a field of the header names.</summary>
    public SegmentAnswer Error(int field) => Read((int)U32(field), null, "");

    public bool Has(string path) => SlotOf(Encoding.UTF8.GetBytes(path)) is not null;

    public int? SlotOf(ReadOnlySpan<byte> path)
    {
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16));
        foreach (var b in path) hash = unchecked((hash ^ b) * 0x100000001b3);
        hash ^= hash >> 32;
        var multiplier = U32((int)(U32(24) + 4 * (hash & U32(12))));
        var slot = (int)(U32(32) + 16 * ((unchecked(hash * multiplier) >> 32) & U32(28)));
        return U32(slot + 4) == path.Length && bytes.AsSpan((int)U32(slot), path.Length).SequenceEqual(path) ? slot : null;
    }

    private SegmentAnswer? Match(string path, string query, bool nothingThere, string? acceptEncoding)
    {
        var table = (int)U32(Rules);
        if (table == 0) return null;
        for (var i = 0; i < U32(table); i++)
        {
            var rule = table + 4 + 24 * i;
            var flags = U16(rule + 6);
            Assert.Equal((0, 0u), (U16(rule + 18), U32(rule + 20)));
            if (!nothingThere && (flags & 1) == 0) continue;
            if (Captures(bytes.AsSpan((int)U32(rule), U16(rule + 4)), Encoding.Latin1.GetBytes(path)) is not { } captures) continue;
            var answer = (int)U32(rule + 8);
            if ((flags & 2) == 0) return Read(answer, acceptEncoding, query);
            var target = new StringBuilder();
            foreach (var b in bytes.AsSpan((int)U32(rule + 12), U16(rule + 16))) target.Append(b is >= 0x10 and < 0x18 ? captures[b - 0x10] : ((char)b).ToString());
            var isClosed = bytes.AsSpan((int)U32(rule + 12), U16(rule + 16)).Contains((byte)'?');
            Assert.Equal(Location, U16(answer + 10));
            return Read(answer, null, "") with { Location = target + (isClosed ? "" : query) };
        }
        return null;
    }

    private static List<string>? Captures(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path)
    {
        var captures = new List<string>();
        foreach (var b in pattern)
        {
            if (b is not (1 or 2))
            {
                if (path.IsEmpty || path[0] != b) return null;
                path = path[1..];
                continue;
            }
            var slash = path.IndexOf((byte)'/');
            var length = b == 2 || slash < 0 ? path.Length : slash;
            if (b == 1 && length == 0) return null;
            captures.Add(Encoding.Latin1.GetString(path[..length]));
            path = path[length..];
        }
        return path.IsEmpty ? captures : null;
    }

    private SegmentAnswer Read(int answer, string? acceptEncoding, string query)
    {
        Assert.Equal(0, answer % 4);
        Assert.Equal(0u, U32(answer + 20));
        var flags = U16(answer + 10);
        var variants = new List<(string Coding, int Record)>();
        if ((flags & Brotli) != 0) variants.Add(("br", answer + 24 * ((flags & Gzip) != 0 ? 2 : 1)));
        if ((flags & Gzip) != 0) variants.Add(("gzip", answer + 24));
        // The best that is accepted at all; the smaller one where two are equal.
        var chosen = variants.Select(variant => (variant.Record, Quality: Quality(acceptEncoding, variant.Coding))).Where(variant => variant.Quality > 0)
            .OrderByDescending(variant => variant.Quality).Select(variant => variant.Record).FirstOrDefault(answer);
        var head = Encoding.ASCII.GetString(bytes, (int)U32(chosen), U16(chosen + 4));
        string? location = null;
        if ((flags & Location) != 0)
        {
            var line = head.LastIndexOf("\r\nLocation: ", StringComparison.Ordinal) + 2;
            location = head[(line + 10)..] + query;
            head = head[..line];
        }
        Assert.EndsWith("\r\n", head, StringComparison.Ordinal);
        var (type, tag) = (U16(chosen + 6), U16(chosen + 8));
        Assert.StartsWith("Content-Type: ", head[type..], StringComparison.Ordinal);
        if (tag != 0) Assert.StartsWith("ETag: \"", head[tag..], StringComparison.Ordinal);
        var body = bytes.AsSpan((int)U32(chosen + 12), (int)U32(chosen + 16)).ToArray();
        return new SegmentAnswer(head, tag == 0 ? null : head[tag..], body) { Location = location, IsHealth = (flags & Health) != 0 };
    }

    private static double Quality(string? accepted, string coding)
    {
        double? any = null;
        foreach (var item in (accepted ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = item.Split(';', StringSplitOptions.TrimEntries);
            var quality = parts.Length > 1 ? double.Parse(parts[1][2..], CultureInfo.InvariantCulture) : 1;
            if (parts[0] == coding) return quality;
            if (parts[0] == "*") any = quality;
        }
        return any ?? 0;
    }

    private static byte[]? Decode(string path)
    {
        var decoded = new List<byte>();
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                decoded.Add((byte)path[i]);
                continue;
            }
            if (i + 2 >= path.Length || !byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b) || b == 0) return null;
            decoded.Add(b);
            i += 2;
        }
        return [.. decoded];
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));
}
