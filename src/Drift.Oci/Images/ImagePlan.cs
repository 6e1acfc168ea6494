// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>What an <see cref="Image"/> consists of before it is packed.</summary>
internal sealed record ImagePlan(Platform Platform)
{
    public IReadOnlyList<ImageStep> Steps { get; init; } = [];

    public ContainerConfig Config { get; init; } = new();

    /// <summary>The base image's config, whose members that are not changed here stay; null for an image from scratch.</summary>
    public ImageConfig? BaseConfig { get; init; }

    /// <summary>Set when the platform is not the base image's any more.</summary>
    public bool IsPlatformChanged { get; init; }

    public string? Author { get; init; }

    public DateTimeOffset? Created { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public IReadOnlyDictionary<string, string>? DescriptorAnnotations { get; init; }

    /// <summary>The base image itself, as long as nothing is changed: its bytes stay as they are.</summary>
    public BaseImage? Unchanged { get; init; }
}
