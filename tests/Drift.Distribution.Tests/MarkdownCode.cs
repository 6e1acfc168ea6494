// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>The C# of a page of this project, as a program.</summary>
internal static partial class MarkdownCode
{
    /// <summary>The code blocks of a page, one after the other.</summary>
    public static string BlocksOf(string path) => Join(Block().Matches(Read(path)));

    /// <summary>The last column of the table below a heading, when it is code.</summary>
    public static string ColumnOf(string path, string heading)
    {
        var page = Read(path);
        var section = page[page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        var end = section.IndexOf("\n## ", 4, StringComparison.Ordinal);
        return Join(LastCell().Matches(end < 0 ? section : section[..end]));
    }

    private static string Read(string path) => File.ReadAllText(ProjectRoot.Combine(path));

    private static string Join(MatchCollection matches)
    {
        Assert.NotEmpty(matches);
        return string.Join('\n', matches.Select(match => match.Groups["code"].Value));
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\|.*\| `(?<code>[^`]+)` \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex LastCell();
}
