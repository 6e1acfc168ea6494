// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>An answer that a segment holds.</summary>
/// <param name="Head">The status line and the headers, without those that the server adds.</param>
/// <param name="NotModified">The part of the head that a 304 repeats; null when there is none.</param>
/// <param name="Body">The body.</param>
internal sealed record SegmentAnswer(string Head, string? NotModified, byte[] Body)
{
    public string? Location { get; init; }

    public bool IsHealth { get; init; }

    public int Status => int.Parse(Head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    /// <summary>The values of a header's lines; empty for none.</summary>
    public string[] Headers(string name) => [.. Head.Split("\r\n").Skip(1).Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..])];

    public string? Header(string name) => Headers(name).SingleOrDefault();
}
