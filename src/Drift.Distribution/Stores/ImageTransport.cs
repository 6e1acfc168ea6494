// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>How an image is stored.</summary>
public enum ImageTransport
{
    /// <summary>In a registry.</summary>
    Registry,
    /// <summary>In an OCI layout folder.</summary>
    OciLayout,
    /// <summary>In an OCI layout inside a tar file.</summary>
    OciArchive,
    /// <summary>In a tar file as <c>docker save</c> writes it.</summary>
    DockerArchive,
    /// <summary>In a Docker Engine, through the program <c>docker</c>.</summary>
    DockerDaemon,
    /// <summary>In podman's storage, through the program <c>podman</c>.</summary>
    ContainersStorage,
    /// <summary>In containerd, through its program <c>ctr</c>.</summary>
    Containerd,
}
