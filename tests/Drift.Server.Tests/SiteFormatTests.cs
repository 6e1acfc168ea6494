// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Drift.Recipes;

namespace Drift.Server.Tests;

/// <summary>The format of the site segment has one meaning in assembly and in C#.</summary>
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
        // What only the writer, or only the server, asks for.
        Assert.Equal(["EndSize", "MaxHead"], csharp.Keys.Except(assembly.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(["EtagLen", "EtagName"], assembly.Keys.Except(csharp.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(csharp.Keys.Intersect(assembly.Keys, StringComparer.Ordinal), name => Assert.Equal((name, csharp[name]), (name, assembly[name])));
    }

    private static string NameOf(string name) => string.Concat((name.StartsWith("SITE_", StringComparison.Ordinal) ? name[5..] : name)
        .Split('_').Select(word => word[0] + word[1..].ToLowerInvariant()));

    private static ulong NumberOf(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\.set (?<name>\w+), (?<value>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Definition();
}
