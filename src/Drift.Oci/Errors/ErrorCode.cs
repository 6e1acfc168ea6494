// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// What went wrong, as a number that stays the same across versions. The thousands tell the kind: 1 input, 2 access,
/// 3 registry or network, 4 content or verification, 5 this machine.
/// </summary>
public enum ErrorCode
{
    /// <summary>A reference, digest, tag, platform or transport does not parse.</summary>
    InvalidReference = 1001,
    /// <summary>A file or folder that was named does not exist.</summary>
    SourceNotFound = 1002,
    /// <summary>A folder holds nothing that Drift knows how to turn into an image.</summary>
    UnrecognisedSource = 1003,
    /// <summary>Assembling or linking a source failed; the message carries the assembler's own words.</summary>
    AssemblyFailed = 1004,
    /// <summary>A site folder cannot be compiled.</summary>
    InvalidSite = 1005,
    /// <summary>A file is not the ELF executable that its platform needs.</summary>
    InvalidExecutable = 1006,
    /// <summary>What was asked for cannot be done with this source, destination or platform.</summary>
    NotSupported = 1007,
    /// <summary>A setting, for example an environment variable, has a value that is not allowed.</summary>
    InvalidSetting = 1008,
    /// <summary>A file of a layer vanished, changed or cannot be read while it is packed.</summary>
    LayerSource = 1009,
    /// <summary>What dotnet publish made cannot become an image: a part of it is missing, damaged, or for another system.</summary>
    InvalidDotNetApp = 1011,
    /// <summary>A project file (drift.yaml), a file of access rules, or a goss file is not what it should be; the message begins with its name, the line and the column.</summary>
    InvalidProject = 1012,
    /// <summary>A file of Kubernetes objects is not what it should be; the message begins with its name, and the line and the column where there is one.</summary>
    InvalidObjects = 1021,
    /// <summary>A disk image is damaged, or of a kind that Drift does not read, or would not boot where it is meant for.</summary>
    InvalidDiskImage = 1031,

    /// <summary>A registry, or another service, refuses access.</summary>
    AccessDenied = 2001,

    /// <summary>The registry cannot be reached.</summary>
    RegistryUnreachable = 3001,
    /// <summary>The registry answered with an error.</summary>
    RegistryError = 3002,
    /// <summary>The image, blob, tag or repository does not exist.</summary>
    NotFound = 3003,
    /// <summary>A machine cannot be reached by SSH, or the connection was lost.</summary>
    HostUnreachable = 3004,
    /// <summary>Another process does the same at the moment: a deployment of the application, or a copy of the image.</summary>
    AlreadyRunning = 3005,
    /// <summary>The cluster cannot be reached.</summary>
    ClusterUnreachable = 3011,
    /// <summary>The cluster refuses what it is given: a quota, a webhook, or an object that it does not understand.</summary>
    ClusterRefused = 3012,
    /// <summary>A cloud cannot be reached.</summary>
    CloudUnreachable = 3021,
    /// <summary>A cloud refuses, or fails to do, what it is asked for; the message has its own words and the request's number.</summary>
    CloudRefused = 3022,
    /// <summary>A cloud has no machine of the wanted kind to spare at the moment.</summary>
    OutOfCapacity = 3023,
    /// <summary>A limit or quota of the account is reached.</summary>
    LimitReached = 3024,

    /// <summary>Content does not have the digest or size that its descriptor says.</summary>
    ContentMismatch = 4001,
    /// <summary>A manifest, index, config or layer breaks its specification.</summary>
    InvalidContent = 4002,
    /// <summary>What runs does not answer as it should.</summary>
    NotHealthy = 4003,
    /// <summary>The same sources gave two different images.</summary>
    NotReproducible = 4004,

    /// <summary>The port is in use or may not be bound.</summary>
    PortUnavailable = 5001,
    /// <summary>A program that is needed is not installed.</summary>
    ToolMissing = 5002,
    /// <summary>No container runtime of this machine could run the image.</summary>
    RuntimeFailed = 5003,
    /// <summary>The file system refused: permission, space, or an existing file in the way.</summary>
    FileSystem = 5004,
    /// <summary>A machine that is deployed to lacks something: Docker, nft, rights, space or a free port.</summary>
    HostNotReady = 5005,
}
