// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Xml.Linq;

namespace Drift.Distribution.Tests;

/// <summary>The NuGet packages hold what they should, and nothing else.</summary>
[Collection(ExamplesDefinition.Name)]
public sealed class PackageTests(ExampleProject project) : DistributionTest
{
    [Theory]
    [InlineData("Drift.Oci", new string[0])]
    [InlineData("Drift.Distribution", new[] { "Drift.Oci" })]
    public async Task Packages_hold_the_library_its_documentation_and_a_readme(string id, string[] dependencies)
    {
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(project.Feed, $"{id}.*.nupkg")));
        Assert.Equal(["README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"],
            package.Entries.Select(entry => entry.FullName).Where(name => !IsOfTheFormat(name, id)).Order(StringComparer.Ordinal));

        await using var stream = await package.GetEntry($"{id}.nuspec")!.OpenAsync(Cancelled);
        var metadata = (await XDocument.LoadAsync(stream, LoadOptions.None, Cancelled)).Root!.Elements().Single();
        Assert.Equal("Drift contributors", Text("authors"));
        Assert.Equal("Apache-2.0", Text("license"));
        Assert.Equal("README.md", Text("readme"));
        Assert.Equal("https://github.com/drift-images/drift", Text("projectUrl"));
        Assert.All((string[])["description", "tags"], name => Assert.NotEmpty(Text(name)));
        var needs = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ToArray();
        Assert.Equal(dependencies, needs.Select(need => need.Attribute("id")!.Value));
        Assert.All(needs, need => Assert.Equal(Text("version"), need.Attribute("version")!.Value));

        string Text(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    [Fact]
    public async Task The_same_sources_give_the_same_packages()
    {
        await ExampleProject.PackAsync(Folder.Path);
        foreach (var package in Directory.GetFiles(project.Feed))
        {
            Assert.Equal(await File.ReadAllBytesAsync(package, Cancelled), await File.ReadAllBytesAsync(Folder.Combine(Path.GetFileName(package)), Cancelled));
        }
    }

    private static bool IsOfTheFormat(string name, string id) =>
        name is "[Content_Types].xml" || name == $"{id}.nuspec" || name.StartsWith("_rels/", StringComparison.Ordinal) || name.StartsWith("package/", StringComparison.Ordinal);
}
