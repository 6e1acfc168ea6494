// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Recipes.Tests;

/// <summary>Which files of an app share a layer, and what stays when something changes.</summary>
public sealed class DotNetLayerTests : IDisposable
{
    private const int Large = 1024 * 1024;
    private readonly DotNetFolder _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Two_hundred_packages_are_few_layers_and_a_new_one_moves_none_of_them()
    {
        for (var i = 0; i < 200; i++) _app.AddLibrary($"Vendor{i % 50}.Family{i % 7}.Part{i}", size: i % 40 == 0 ? Large : 1000);
        _app.WriteApp();
        var before = await _app.PackAsync();
        Assert.InRange(before.Count, 6, 12);

        foreach (var (newcomer, size) in new[] { ("Larger.Than.All", 2 * Large), ("Vendor1.Family1.Small", 1000) })
        {
            _app.AddLibrary(newcomer, size: size);
            _app.WriteApp();
            var after = await _app.PackAsync();
            // Whatever shared a layer still does, and the layers without the newcomer keep their bytes, but for the app's, which lists it.
            Assert.Equal(Contents(before), Contents(after).Select(contents => contents.Where(name => name != newcomer + " 1.0.0")).Where(contents => contents.Any()));
            Assert.All(after, layer => Assert.Equal(layer.Value.Group == RecipeLayerGroup.App || layer.Value.Contents.Contains(newcomer + " 1.0.0"), !before.ContainsKey(layer.Key)));
            before = after;
        }

        static IEnumerable<IEnumerable<string>> Contents(IReadOnlyDictionary<Digest, RecipeLayer> layers) => layers.Values.Select(layer => layer.Contents);
    }

    [Fact]
    public async Task A_large_package_is_apart_from_the_small_ones_and_a_family_is_together()
    {
        _app.AddLibrary("Big", size: Large);
        foreach (var part in new[] { "", ".Relational", ".Design.Internal" }) _app.AddLibrary("Vendor.Data" + part);
        _app.WriteApp();
        var layers = (await _app.PackAsync()).Values;
        Assert.Equal([["Big 1.0.0"], ["Vendor.Data 1.0.0", "Vendor.Data.Design.Internal 1.0.0", "Vendor.Data.Relational 1.0.0"], ["App 3.2.1"]], layers.Select(layer => layer.Contents));
    }

    [Fact]
    public async Task Every_kind_of_file_is_with_its_library()
    {
        foreach (var path in new[] { "Package.pdb", "Package.xml", "de/Package.resources.dll", "runtimes/linux/native/code.so", "flat.so", "lib/deep/Own.dll", "Reference.dll", "wwwroot/index.html" }) _app.Write(path, path);
        Directory.CreateDirectory(Path.Combine(_app.Path, "uploads"));
        _app.AddLibrary("Package");
        _app.AddAssets("Translations", "package", new JsonObject { ["resources"] = new JsonObject { ["lib/net10.0/de/Package.resources.dll"] = new JsonObject { ["locale"] = "de" } } });
        _app.AddAssets("Native", "package", new JsonObject
        {
            ["runtimeTargets"] = new JsonObject { ["runtimes/linux/native/code.so"] = new JsonObject { ["rid"] = "linux", ["assetType"] = "native" } },
            ["native"] = new JsonObject { ["runtimes/linux-x64/native/flat.so"] = new JsonObject() },
        });
        _app.AddAssets("Deep", "package", new JsonObject { ["runtime"] = new JsonObject { ["lib/Own.dll"] = new JsonObject { ["localPath"] = "lib/deep/Own.dll" }, ["lib/net10.0/_._"] = new JsonObject() } });
        // The same file twice: it is the first one's.
        _app.AddAssets("Second", "package", new JsonObject { ["runtime"] = new JsonObject { ["lib/net8.0/Package.dll"] = new JsonObject() } });
        _app.AddAssets("Reference", "reference", new JsonObject { ["runtime"] = new JsonObject { ["Reference.dll"] = new JsonObject() } });
        _app.AddLibrary("Core", "project");
        _app.WriteApp();
        var layers = (await _app.PackAsync()).Values.ToArray();
        Assert.Equal(["Deep 1.0.0", "Native 1.0.0", "Package 1.0.0", "Reference 1.0.0", "Translations 1.0.0"], layers.Where(layer => layer.Group == RecipeLayerGroup.Packages).SelectMany(layer => layer.Contents).Order(StringComparer.Ordinal));
        Assert.Equal(8, layers.Where(layer => layer.Group == RecipeLayerGroup.Packages).Sum(layer => layer.FileCount));
        Assert.Equal(1, Assert.Single(layers, layer => layer.Group == RecipeLayerGroup.Projects).FileCount);
        Assert.Equal(4, layers[^1].FileCount);
    }
}
