// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Recipes;

/// <summary>The file <c>_redirects</c>, as Netlify documents it: SOURCE TARGET [STATUS[!]] on a line each.</summary>
internal static class SiteRedirectsFile
{
    internal const string Name = "_redirects";
    private const int MaximumRules = 10_000;
    // The server tries them one after another.
    private const int MaximumPatterns = 256;
    private static readonly int[] Statuses = [301, 302, 303, 307, 308, 200, 404];

    internal static IReadOnlyList<SiteRedirect> Read(string directory)
    {
        var rules = new List<SiteRedirect>();
        var patterns = 0;
        foreach (var line in SiteLine.Read(directory, Name))
        {
            rules.Add(Parse(line));
            if (!rules[^1].Source.IsLiteral) patterns++;
            if (rules.Count > MaximumRules) throw line.Error($"There are more than {MaximumRules} rules.", "Use patterns, which stand for many paths.");
            if (patterns > MaximumPatterns) throw line.Error($"There are more than {MaximumPatterns} rules with * or a placeholder.", "Join some of them.");
        }
        return rules;
    }

    private static SiteRedirect Parse(SiteLine line)
    {
        var words = line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).TakeWhile(word => word[0] != '#').ToArray();
        if (words[0].Contains("://", StringComparison.Ordinal)) throw line.Error($"The rule is for one host: '{words[0]}'.", "Begin it with /: the server answers for every host alike.");
        var source = SitePattern.Parse(words[0], line);
        if (words.Length < 2) throw line.Error("The rule has no target.", "Write SOURCE TARGET [STATUS].");
        if (words[1][0] != '/' && words[1].Contains('=', StringComparison.Ordinal) && !IsUrl(words[1]))
        {
            throw line.Error($"The rule looks at a query: '{words[1]}'.", "Leave the parameter out: the server chooses by the path alone, and hands the query on.");
        }
        var (status, force) = (301, false);
        var next = 2;
        if (words.Length > 2 && !words[2].Contains('=', StringComparison.Ordinal))
        {
            force = words[2].EndsWith('!');
            if (!int.TryParse(force ? words[2][..^1] : words[2], NumberStyles.None, CultureInfo.InvariantCulture, out status) || !Statuses.Contains(status))
            {
                throw line.Error($"'{words[2]}' is no status of a rule.", $"Use one of: {string.Join(", ", Statuses)}.");
            }
            next++;
        }
        if (words.Length > next) throw line.Error($"The rule has a condition: '{words[next]}'.", "Leave it out: the server knows no countries, languages, roles or cookies.");
        return new SiteRedirect(line, source, ParseTarget(words[1], source, line, status), status, force);
    }

    private static string ParseTarget(string text, SitePattern source, SiteLine line, int status)
    {
        var isUrl = IsUrl(text);
        if (!isUrl && (text[0] != '/' || text.StartsWith("//", StringComparison.Ordinal))) throw line.Error($"'{text}' is neither a path nor an address.", "Begin it with / or https://.");
        if (isUrl && status is (200 or 404)) throw line.Error($"The rule would fetch {text} from another server.", "Redirect there by 301 or 302, or serve the file itself.");
        if (UrlPath.TryDecode(text) is null) throw line.Error($"'{text}' has an escape that is none.", "Write % and two hexadecimal digits, which stand for UTF-8.");
        var target = Capture(UrlPath.Complete(text), source.Names);
        var host = isUrl ? target[(target.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/')[0] : "";
        if (host.Any(SitePattern.IsCapture)) throw line.Error("A placeholder is part of the host: a link could lead anywhere.", "Write the host out.");
        if (!source.IsLiteral && target.Contains('#', StringComparison.Ordinal))
        {
            throw line.Error("The target of a pattern has a fragment, and the request's query would go behind it.", "Leave the fragment out.");
        }
        return target;
    }

    // A colon with another name, as in a port, is itself.
    private static string Capture(string text, IReadOnlyList<string> names)
    {
        var target = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var name = text[i] == ':' ? text[(i + 1)..] : "";
            if (name.AsSpan().IndexOfAnyExcept(SitePattern.NameCharacters) is >= 0 and var end) name = name[..end];
            var capture = names.TakeWhile(known => known != name).Count();
            target.Append(capture < names.Count ? (char)(SiteFormat.TargetCapture + capture) : text[i]);
            if (capture < names.Count) i += name.Length;
        }
        return target.ToString();
    }

    private static bool IsUrl(string text) => text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}
