// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Drift.Recipes;

namespace Drift.Server.Tests;

/// <summary>The format of the site segment has one meaning in assembly and in C#, and HTTP's table one in assembly and here.</summary>
public sealed partial class SiteFormatTests
{
    [Fact]
    public void Assembly_and_CSharp_name_the_same_numbers()
    {
        var assembly = File.ReadLines(RepositoryRoot.Server("include", "site.inc"))
            .Select(line => Definition().Match(line))
            .Where(match => match.Success && !match.Groups["name"].Value.EndsWith("_SHIFT", StringComparison.Ordinal))
            .ToDictionary(match => NameOf(match.Groups["name"].Value), match => NumberOf(match.Groups["value"].Value), StringComparer.Ordinal);
        var csharp = typeof(SiteSegment).Assembly.GetType("Drift.Recipes.SiteFormat", throwOnError: true)!
            .GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            .ToDictionary(field => field.Name, field => Convert.ToUInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture), StringComparer.Ordinal);
        Assert.Equal(csharp.OrderBy(pair => pair.Key, StringComparer.Ordinal), assembly.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_classifies_every_byte_as_the_RFCs_do()
    {
        var table = File.ReadLines(RepositoryRoot.Server("include", "http_table.S"))
            .Where(line => line.Contains(".byte", StringComparison.Ordinal))
            .SelectMany(line => Number().Matches(line.Split("//")[0]).Select(match => (int)NumberOf(match.Value)))
            .ToList();
        Assert.Equal(128, table.Count);
        for (var b = 0; b < 128; b++)
        {
            var c = (char)b;
            var isAlphanumeric = char.IsAsciiLetterOrDigit(c);
            var expected = (isAlphanumeric || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal) ? 1 : 0)
                | (c is > ' ' and < '\x7f' and not ('#' or '\\' or '?') ? 2 : 0)
                | (c is > ' ' and < '\x7f' and not ('#' or '\\') ? 4 : 0)
                | (c is '\t' or (>= ' ' and < '\x7f') ? 8 : 0)
                | (isAlphanumeric || "-._~!$&'()*+,;=:[]%".Contains(c, StringComparison.Ordinal) ? 16 : 0);
            Assert.Equal((b, expected), (b, table[b]));
        }
    }

    private static string NameOf(string name) => string.Concat((name.StartsWith("SITE_", StringComparison.Ordinal) ? name[5..] : name)
        .Split('_').Select(word => word[0] + word[1..].ToLowerInvariant()));

    private static ulong NumberOf(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\.set (?<name>\w+), (?<value>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Definition();

    [GeneratedRegex("0x[0-9a-f]{2}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
