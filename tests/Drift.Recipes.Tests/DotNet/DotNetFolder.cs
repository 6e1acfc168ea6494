// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>A published app that is written by hand: what the SDK seldom makes, and what it never would.</summary>
internal sealed class DotNetFolder : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public string Path => _folder.Path;

    /// <summary>The images of the base, which <see cref="PlanAsync"/> gives whatever is asked for.</summary>
    public IReadOnlyList<Image> Bases { get; set; } = [Image.Scratch(Platform.LinuxAmd64), Image.Scratch(Platform.LinuxArm64)];

    /// <summary>The base that the recipe asked for.</summary>
    public string? Asked { get; private set; }

    public JsonObject Dependencies { get; } = [];

    public JsonObject Types { get; } = [];

    public void Dispose() => _folder.Dispose();

    public string Write(string path, string content) => _folder.Write(path, content);

    /// <summary>Adds a library with one assembly of the given size.</summary>
    public void AddLibrary(string name, string type = "package", int size = 100)
    {
        Write(name + ".dll", new string(name[^1], size));
        AddAssets(name, type, new JsonObject { ["runtime"] = new JsonObject { [$"lib/net10.0/{name}.dll"] = new JsonObject() } });
    }

    public void AddAssets(string name, string type, JsonObject assets)
    {
        Dependencies[name + "/1.0.0"] = assets;
        Types[name + "/1.0.0"] = new JsonObject { ["type"] = type };
    }

    /// <summary>Writes the app itself and its two JSON files.</summary>
    public void WriteApp(string frameworks = """ "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } """, string? runtime = null)
    {
        Write("App.dll", "app");
        Write("App.runtimeconfig.json", $$"""{ "runtimeOptions": { {{frameworks}} } }""");
        var target = ".NETCoreApp,Version=v10.0" + (runtime is null ? "" : "/" + runtime);
        Dependencies["App/3.2.1"] = new JsonObject { ["runtime"] = new JsonObject { ["App.dll"] = new JsonObject() } };
        Types["App/3.2.1"] = new JsonObject { ["type"] = "project" };
        Write("App.deps.json", new JsonObject
        {
            ["runtimeTarget"] = new JsonObject { ["name"] = target },
            ["targets"] = new JsonObject { [target] = Dependencies.DeepClone() },
            ["libraries"] = Types.DeepClone(),
        }.ToJsonString());
    }

    public Task<IReadOnlyList<RecipeImage>> PlanAsync(string? baseName = null, params Platform[] platforms) =>
        Recipe.Detect(Path, new RecipeOptions { Base = baseName, OpenBase = (name, _) => { Asked = name; return Task.FromResult(Bases); } })
            .PlanAsync(platforms, new PackOptions(), TestContext.Current.CancellationToken);

    public async Task<DriftException> FailAsync(string? baseName = null, params Platform[] platforms) =>
        await Assert.ThrowsAsync<DriftException>(() => PlanAsync(baseName, platforms));

    /// <summary>The digests of the app's layers, and what is in each.</summary>
    public async Task<IReadOnlyDictionary<Digest, RecipeLayer>> PackAsync()
    {
        var packed = new Dictionary<Digest, RecipeLayer>();
        foreach (var layer in (await PlanAsync())[0].Layers)
        {
            packed.Add((await layer.Layer.PackAsync(DiscardSink.Instance, cancellationToken: TestContext.Current.CancellationToken)).Descriptor.Digest, layer);
        }
        return packed;
    }
}
