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
    /// <summary>The layers of an image that its recipe tells of; null when it tells of none.</summary>
    public static IReadOnlyList<LayerReport>? Of(PackedImage image, RecipeImage planned)
    {
        var layers = planned.Layers;
        if (layers.Count == 0) return null;
        // Below them is the base, and a project puts layers on top.
        var places = planned.Image.Layers.ToList();
        var packed = layers.Select(layer => image.Manifest.Layers[places.IndexOf(layer.Layer)]).ToArray();
        // The app lists the versions of everything else, so its layer goes along with every change.
        var app = layers.Zip(packed).Where(pair => pair.First.Group == RecipeLayerGroup.App).Sum(pair => pair.Second.Size);
        return [.. layers.Zip(packed, (layer, blob) => new LayerReport(layer.Group.ToString().ToLowerInvariant(), layer.Contents, layer.FileCount, blob.Digest.ToString(), blob.Size,
            layer.Group == RecipeLayerGroup.App ? blob.Size : blob.Size + app))];
    }
}
