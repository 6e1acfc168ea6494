// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>
/// A layer of what was built: what is in it, its size as a registry stores it, and how many bytes are uploaded again when something in it
/// changes; sizes in bytes.
/// </summary>
internal sealed record LayerReport(string Group, IReadOnlyList<string> Contents, int Files, string Digest, long Size, long UploadWhenChanged)
{
    /// <summary>The uppermost layers of an image; null when the recipe tells nothing of them.</summary>
    public static IReadOnlyList<LayerReport>? Of(PackedImage image, IReadOnlyList<RecipeLayer> layers)
    {
        if (layers.Count == 0) return null;
        var packed = image.Manifest.Layers.TakeLast(layers.Count).ToArray();
        // The app lists the versions of everything else, so its layer goes along with every change.
        var app = layers.Zip(packed).Where(pair => pair.First.Group == RecipeLayerGroup.App).Sum(pair => pair.Second.Size);
        return [.. layers.Zip(packed, (layer, blob) => new LayerReport(layer.Group.ToString().ToLowerInvariant(), layer.Contents, layer.FileCount, blob.Digest.ToString(), blob.Size,
            layer.Group == RecipeLayerGroup.App ? blob.Size : blob.Size + app))];
    }
}
