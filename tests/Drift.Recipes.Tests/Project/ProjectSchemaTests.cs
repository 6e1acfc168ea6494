// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.RegularExpressions;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>The schema and the page of keys say what the reader knows.</summary>
public sealed partial class ProjectSchemaTests
{
    [Fact]
    public async Task The_schema_in_the_documentation_is_the_one_that_the_tool_prints()
    {
        Assert.Equal(ProjectSchema.Text, await File.ReadAllTextAsync(ProjectRoot.Combine("docs", "drift.schema.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_page_of_keys_has_every_key_once()
    {
        var root = JsonElement.Parse(ProjectSchema.Text).GetProperty("properties");
        var keys = Keys(root, "")
            .Concat(Keys(root.GetProperty("site").GetProperty("properties"), "site."))
            .Concat(Keys(root.GetProperty("layers").GetProperty("items").GetProperty("properties"), "layers."))
            .Concat(Keys(root.GetProperty("assembly").GetProperty("properties"), "assembly."))
            .Concat(Keys(root.GetProperty("healthcheck").GetProperty("properties"), "healthcheck."));
        var page = await File.ReadAllTextAsync(ProjectRoot.Combine("docs", "drift-yaml.md"), TestContext.Current.CancellationToken);
        Assert.Equal(keys.Order(StringComparer.Ordinal), Row().Matches(page).Select(match => match.Groups["key"].Value).Order(StringComparer.Ordinal));

        static IEnumerable<string> Keys(JsonElement properties, string prefix) => properties.EnumerateObject().Select(property => prefix + property.Name);
    }

    [GeneratedRegex(@"^\| `(?<key>[^`]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
