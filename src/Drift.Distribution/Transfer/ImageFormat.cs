// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>In whose words an image's manifests are written. The layers and the config are the same bytes in both.</summary>
public enum ImageFormat
{
    /// <summary>The OCI image specification.</summary>
    Oci,
    /// <summary>Docker's image manifest version 2, schema 2, for registries and tools that know nothing else.</summary>
    Docker,
}
