// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The media types that images are made of (image-spec media-types.md, and Docker's image manifest version 2, schema 2).</summary>
public static class MediaTypes
{
    /// <summary>An OCI image index.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    /// <summary>An OCI image manifest.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    /// <summary>An OCI image config.</summary>
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    /// <summary>A layer as plain tar.</summary>
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    /// <summary>A layer as gzip-compressed tar.</summary>
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    /// <summary>A layer as zstd-compressed tar.</summary>
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
    /// <summary>The config of an artifact that needs none: <c>{}</c> (image-spec manifest.md, "Guidance for an empty descriptor").</summary>
    public const string OciEmpty = "application/vnd.oci.empty.v1+json";
    /// <summary>A Docker manifest list.</summary>
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// <summary>A Docker image manifest.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    /// <summary>A Docker image config.</summary>
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    /// <summary>A Docker layer: gzip-compressed tar.</summary>
    public const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    /// <summary>A Docker layer as plain tar.</summary>
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
    /// <summary>A layer as gzip-compressed tar that is fetched from its maker only, in OCI's and in Docker's words.</summary>
    public const string OciForeignLayerGzip = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", DockerForeignLayerGzip = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    /// <summary>A layer as zstd-compressed tar that is fetched from its maker only.</summary>
    public const string OciForeignLayerZstd = "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd";

    /// <summary>Whether this is an index, of OCI's or Docker's kind.</summary>
    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerIndex;

    /// <summary>Whether this is the manifest of one image, of OCI's or Docker's kind.</summary>
    public static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>Whether this is the config of a container image, and not of another kind of artifact.</summary>
    public static bool IsConfig(string mediaType) => mediaType is OciConfig or DockerConfig;

    /// <summary>Whether this is a layer whose bytes are fetched from its maker and do not travel with the image.</summary>
    public static bool IsForeignLayer(string mediaType) => mediaType is OciForeignLayerGzip or OciForeignLayerZstd or DockerForeignLayerGzip;

    /// <summary>OCI's media type for what one of Docker's names; any other as it is. The bytes are the same.</summary>
    public static string ToOci(string mediaType) => mediaType switch
    {
        DockerIndex => OciIndex,
        DockerManifest => OciManifest,
        DockerConfig => OciConfig,
        DockerLayer => OciLayer,
        DockerLayerGzip => OciLayerGzip,
        DockerForeignLayerGzip => OciForeignLayerGzip,
        _ => mediaType,
    };

    /// <summary>Docker's media type for what one of OCI's names; null when Docker's schema 2 has none, as for zstd.</summary>
    public static string? ToDocker(string mediaType) => ToOci(mediaType) switch
    {
        OciIndex => DockerIndex,
        OciManifest => DockerManifest,
        OciConfig => DockerConfig,
        OciLayer => DockerLayer,
        OciLayerGzip => DockerLayerGzip,
        OciForeignLayerGzip => DockerForeignLayerGzip,
        _ => null,
    };
}
