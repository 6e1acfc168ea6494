// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>docs/comparison.md claims nothing that no test shows.</summary>
public sealed partial class ComparisonTests
{
    private const int Rows = 74, Columns = 14;

    [Fact]
    public async Task Every_row_is_there_and_every_yes_has_its_test()
    {
        var page = await File.ReadAllLinesAsync(ProjectRoot.Combine("docs", "comparison.md"), TestContext.Current.CancellationToken);
        var rows = page.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())
            .Where(cells => cells[0] != "#").ToArray();
        Assert.Equal(Enumerable.Range(1, Rows).Select(number => number.ToString(CultureInfo.InvariantCulture)), rows.Select(cells => cells[0]));
        Assert.All(rows, cells =>
        {
            Assert.Equal(Columns, cells.Length);
            Assert.Contains(cells[2], (string[])["yes", "partly", "no"]);
            Assert.All(cells[5..], mark => Assert.Contains(mark, (string[])["Y", "P", "N", "–"]));
            var links = Link().Matches(cells[4]);
            Assert.True(links.Count > 0 == cells[2] is "yes" or "partly", $"row {cells[0]} is '{cells[2]}' with {links.Count} tests");
            Assert.All(links, AssertIsTest);
        });
    }

    private static void AssertIsTest(Match link)
    {
        var path = Path.GetFullPath(ProjectRoot.Combine("docs", link.Groups["path"].Value));
        Assert.True(File.Exists(path), $"{path} does not exist");
        Assert.Equal(link.Groups["class"].Value, Path.GetFileNameWithoutExtension(path));
        // An attribute of a test stands above the method, and at most others between them.
        Assert.Matches($@"\[(Fact|Theory)\b[^\n]*\n(\s*\[[^\n]*\n)*\s*public (async Task|Task|void) {link.Groups["method"].Value}\(", File.ReadAllText(path));
    }

    [GeneratedRegex(@"\[(?<class>\w+)\.(?<method>\w+)\]\((?<path>[^)]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();
}
