// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>An index whose bytes exist, and the images that it lists.</summary>
public sealed record PackedIndex(Descriptor Descriptor, ImageIndex Index, IReadOnlyList<PackedImage> Images);
