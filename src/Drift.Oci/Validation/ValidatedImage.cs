// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>An image that a validation came across, for further checks.</summary>
/// <param name="Location">Where it is, as findings name it; empty for the root.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Config">Its config.</param>
/// <param name="HasReadableLayers">Whether all its layers are whole and can be read here.</param>
public sealed record ValidatedImage(string Location, ImageManifest Manifest, ImageConfig Config, bool HasReadableLayers)
{
    /// <summary>The location of a part of this image.</summary>
    public string Part(string name) => Location.Length == 0 ? name : Location + "." + name;
}
