// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>An image of one platform, and how to run it on this machine.</summary>
public sealed record RunRequest
{
    /// <summary>Where the image is.</summary>
    public required IImageSource Source { get; init; }

    /// <summary>The image's manifest, of one platform.</summary>
    public required Descriptor Manifest { get; init; }

    /// <summary>The repository that an engine can pull the image from; null when it is in no registry.</summary>
    public ImageReference? Repository { get; init; }

    /// <summary>The port of 127.0.0.1 that the service answers at. Inside, it gets <c>PORT</c>.</summary>
    public required int Port { get; init; }

    /// <summary>Takes what the program prints, a line at a time, from any thread.</summary>
    public required Action<string> Output { get; init; }
}
