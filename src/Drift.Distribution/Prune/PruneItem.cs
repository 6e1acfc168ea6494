// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A tag, or a manifest without one, and whether it goes.</summary>
/// <param name="Tag">The tag; null for an image without one, and for what goes along with an image.</param>
/// <param name="Digest">The manifest or index.</param>
/// <param name="Created">When the image was made, as its config says; null when that is not known.</param>
/// <param name="Size">Manifests, configs and layers in bytes.</param>
/// <param name="IsDeleted">Whether it goes.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record PruneItem(string? Tag, Digest Digest, DateTimeOffset? Created, long Size, bool IsDeleted, string Reason);
