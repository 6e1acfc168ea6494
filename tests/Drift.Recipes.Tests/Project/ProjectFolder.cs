// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>A folder with a <c>drift.yaml</c>.</summary>
internal sealed class ProjectFolder : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public string Path => _folder.Path;

    public Drift.Fuzz.MemoryImage Store { get; } = new();

    /// <summary>The base that was opened.</summary>
    public string? Asked { get; private set; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    public string Write(string path, string content) => _folder.Write(path, content);

    public string Combine(params ReadOnlySpan<string> parts) => _folder.Combine(parts);

    public Recipe Detect(string yaml, RecipeOptions? options = null)
    {
        Write("drift.yaml", yaml);
        return Recipe.Detect(Path, options);
    }

    /// <summary>The first image, planned and packed without compression.</summary>
    public async Task<PackedImage> PackAsync(string yaml, params Image[] bases)
    {
        var options = new RecipeOptions { OpenBase = (name, _) => { Asked = name; return Task.FromResult<IReadOnlyList<Image>>(bases); } };
        var planned = await Detect(yaml, options).PlanAsync([], new PackOptions(), Cancelled);
        return await planned[0].Image.PackAsync(Store, new PackOptions { Compression = LayerCompression.None }, Cancelled);
    }

    /// <summary>The entries of every layer of the first image.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> LayersAsync(string yaml) => [.. (await PackAsync(yaml)).Manifest.Layers.Select(Store.Entries)];

    /// <summary>The error, without the folder before the file's name.</summary>
    public async Task<(string Message, string Hint)> FailAsync(string yaml)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => PackAsync(yaml));
        Assert.Equal(ErrorCode.InvalidProject, error.Code);
        return (error.Message.Replace(Path + "/", "", StringComparison.Ordinal), error.Hint!);
    }
}
