// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;

namespace Drift.Recipes;

/// <summary>A pattern of paths as browsers send them: <c>:name</c> is a segment, <c>*</c> is anything.</summary>
/// <param name="Text">The pattern as the segment holds it: <see cref="SiteFormat.PatternSegment"/> and <see cref="SiteFormat.PatternRest"/> stand for the two.</param>
/// <param name="Names">The names of the captures, in their order.</param>
internal sealed record SitePattern(string Text, IReadOnlyList<string> Names)
{
    internal const string Splat = "splat";
    /// <summary>What the name of a placeholder is made of.</summary>
    internal static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private const char Segment = (char)SiteFormat.PatternSegment, Rest = (char)SiteFormat.PatternRest;

    /// <summary>Whether it stands for one path.</summary>
    internal bool IsLiteral => Names.Count == 0;

    /// <summary>Whether it stands for every path there is.</summary>
    internal bool IsEverything => Text == "/" + Rest;

    /// <summary>Whether it ends in <c>/*</c>.</summary>
    internal bool EndsInSplat => Text.EndsWith("/" + Rest, StringComparison.Ordinal);

    /// <summary>What a target looks like that leads to the very paths of the pattern.</summary>
    internal string Target
    {
        get
        {
            var count = 0;
            return string.Concat(Text.Select(c => c is Segment or Rest ? (char)(SiteFormat.TargetCapture + count++) : c));
        }
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as it is written.</param>
    /// <param name="line">Where, for errors.</param>
    /// <param name="starsAnywhere">Whether <c>*</c> may stand anywhere, or only as the last segment.</param>
    internal static SitePattern Parse(string text, SiteLine line, bool starsAnywhere = false)
    {
        if (!text.StartsWith('/')) throw line.Error($"'{text}' is not a path.", "Begin it with /: rules hold for every host.");
        if (text.Contains('?', StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal)) throw line.Error($"'{text}' has a query or a fragment, which no rule can see.", "Name the path alone.");
        if (UrlPath.TryDecode(text) is null) throw line.Error($"'{text}' has an escape that is none.", "Write % and two hexadecimal digits, which stand for UTF-8.");
        var names = new List<string>();
        var segments = text.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (IsPlaceholder(segments[i]))
            {
                names.Add(segments[i][1..]);
                segments[i] = Segment.ToString();
            }
            else if (segments[i].Contains('*', StringComparison.Ordinal))
            {
                if (!starsAnywhere && (segments[i] != "*" || !isLast)) throw line.Error($"The * in '{text}' is not its last segment.", "End the path with /*, or use a placeholder such as :name.");
                names.Add(Splat);
                segments[i] = string.Join(Rest, segments[i].Split('*').Select(Canonical));
            }
            else
            {
                segments[i] = Canonical(segments[i]);
            }
        }
        if (names.Count > SiteFormat.Captures) throw line.Error($"'{text}' has more than {SiteFormat.Captures} placeholders.", "End it with /*.");
        if (!starsAnywhere && names.Distinct(StringComparer.Ordinal).Count() < names.Count) throw line.Error($"'{text}' has two placeholders of one name.", "Give each its own name.");
        return new SitePattern(string.Join('/', segments), names);
    }

    /// <summary>The captures of a path that it matches, as the server finds them; null when it does not.</summary>
    internal IReadOnlyList<string>? Match(string path)
    {
        var captures = new List<string>();
        int p = 0, i = 0, star = -1, mark = 0;
        while (p < Text.Length || i < path.Length)
        {
            var c = p < Text.Length ? Text[p] : '\0';
            if (c == Rest)
            {
                (star, mark) = (p++, i);
                if (p < Text.Length) continue;
                captures.Add(path[i..]);
                return captures;
            }
            if (c == Segment && i < path.Length && path[i] != '/')
            {
                var end = path.IndexOf('/', i) is >= 0 and var slash ? slash : path.Length;
                captures.Add(path[i..end]);
                (p, i) = (p + 1, end);
            }
            else if (p < Text.Length && i < path.Length && c == path[i])
            {
                (p, i) = (p + 1, i + 1);
            }
            else if (star >= 0 && mark < path.Length)
            {
                // The star takes one more; captures do not matter where it is not the end.
                (p, i) = (star + 1, ++mark);
            }
            else
            {
                return null;
            }
        }
        return captures;
    }

    /// <summary>The pattern, and the one that differs in a slash at its end: who types an address seldom thinks of it.</summary>
    internal IEnumerable<SitePattern> WithSlashes()
    {
        yield return this;
        if (Text == "/" || IsEverything) yield break;
        if (EndsInSplat) yield return new SitePattern(Text[..^2], [.. Names.SkipLast(1)]);
        else yield return this with { Text = Text.EndsWith('/') ? Text[..^1] : Text + "/" };
    }

    /// <summary>A target with what was captured in it.</summary>
    internal static string Fill(string target, IReadOnlyList<string> captures)
    {
        var text = new StringBuilder(target.Length);
        foreach (var c in target)
        {
            if (!IsCapture(c)) text.Append(c);
            // The pattern without /* captures nothing for it.
            else if (c - SiteFormat.TargetCapture < captures.Count) text.Append(captures[c - SiteFormat.TargetCapture]);
        }
        return text.ToString();
    }

    internal static bool IsCapture(char c) => c is >= (char)SiteFormat.TargetCapture and < (char)(SiteFormat.TargetCapture + SiteFormat.Captures);

    // An escape may be written in several ways, and is sent in one.
    private static string Canonical(string text) => UrlPath.TryDecode(text) is { } decoded ? UrlPath.Encode(decoded) : text;

    private static bool IsPlaceholder(string segment) =>
        segment.Length > 1 && segment[0] == ':' && char.IsAsciiLetter(segment[1]) && segment.AsSpan(2).IndexOfAnyExcept(NameCharacters) < 0;
}
