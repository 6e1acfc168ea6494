// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>What the media types of layers mean, those included that Drift only reads (image-spec media-types.md).</summary>
internal static class LayerMediaType
{
    public static LayerEncoding EncodingOf(string mediaType) => mediaType switch
    {
        MediaTypes.OciLayer or "application/vnd.oci.image.layer.nondistributable.v1.tar" or "application/vnd.docker.image.rootfs.diff.tar" => LayerEncoding.Tar,
        MediaTypes.OciLayerGzip or MediaTypes.DockerLayerGzip or "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
            or "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" => LayerEncoding.Gzip,
        MediaTypes.OciLayerZstd or MediaTypes.OciForeignLayerZstd or "application/vnd.docker.image.rootfs.diff.tar.zstd" => LayerEncoding.Zstd,
        _ => LayerEncoding.Unknown,
    };

    /// <summary>Whether the type is one of Docker's.</summary>
    public static bool IsDocker(string mediaType) => mediaType.StartsWith("application/vnd.docker.", StringComparison.Ordinal);

    /// <summary>Whether the type is one of OCI's images.</summary>
    public static bool IsOci(string mediaType) => mediaType.StartsWith("application/vnd.oci.image.", StringComparison.Ordinal);
}
