// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>An image whose bytes exist: everything about it is a plain property.</summary>
public sealed record PackedImage(Descriptor Descriptor, ImageManifest Manifest, ImageConfig Config)
{
    /// <summary>
    /// What a registry stores for this image, in bytes: the compressed layers, the config and the manifest. A blob that several images
    /// share counts in each.
    /// </summary>
    public long Size => Descriptor.Size + Manifest.Config.Size + Manifest.Layers.Sum(layer => layer.Size);
}
