// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// What a validation found, as a number that stays the same across versions. The hundreds tell where: 1 blobs, 2 manifests and indexes,
/// 3 the config, 4 a layer's compression, 5 a layer's tar, 6 the program that the image runs.
/// </summary>
public enum FindingId
{
    /// <summary>A blob or manifest is not there.</summary>
    BlobMissing = 101,
    /// <summary>A blob's digest is not its descriptor's.</summary>
    BlobDigest = 102,
    /// <summary>A blob's size is not its descriptor's.</summary>
    BlobSize = 103,
    /// <summary>A manifest, index or config is larger than registries take (4 MiB).</summary>
    DocumentTooLarge = 104,

    /// <summary>A manifest, index or config is not the JSON that its media type asks for.</summary>
    InvalidDocument = 201,
    /// <summary>The member <c>schemaVersion</c> is absent or not 2.</summary>
    SchemaVersion = 202,
    /// <summary>A media type that is not of an image.</summary>
    UnknownMediaType = 203,
    /// <summary>OCI's and Docker's media types are mixed in one index or manifest.</summary>
    MixedMediaTypes = 204,
    /// <summary>A document says that it is of another media type than its descriptor does.</summary>
    MediaTypeMismatch = 205,
    /// <summary>Indexes nest too deep.</summary>
    IndexTooDeep = 206,
    /// <summary>An index lists nothing.</summary>
    EmptyIndex = 207,
    /// <summary>The platform of an index's entry is not that of the image's config.</summary>
    PlatformMismatch = 208,
    /// <summary>An index lists two images for one platform.</summary>
    DuplicatePlatform = 209,

    /// <summary>The config does not list one diffID for each layer.</summary>
    DiffIdCount = 301,
    /// <summary>The history's entries that made a layer are not as many as the layers.</summary>
    HistoryCount = 302,
    /// <summary>The digest of an uncompressed layer is not the config's diffID.</summary>
    DiffId = 303,
    /// <summary>There are more layers than a kernel can stack.</summary>
    TooManyLayers = 304,
    /// <summary>The program runs as root.</summary>
    RootUser = 305,
    /// <summary>The user is a name, so that Kubernetes cannot tell whether it is root.</summary>
    NamedUser = 306,

    /// <summary>A layer is compressed in a way that cannot be read here.</summary>
    LayerUnreadable = 401,
    /// <summary>A layer does not decompress.</summary>
    CompressionDamaged = 402,
    /// <summary>A layer's compressed data ends early.</summary>
    CompressionTruncated = 403,
    /// <summary>Something that is not gzip follows a layer's compressed data.</summary>
    CompressionTrailing = 404,

    /// <summary>A layer is not a whole tar archive.</summary>
    TarDamaged = 501,
    /// <summary>An entry's path begins with a slash.</summary>
    TarAbsolutePath = 502,
    /// <summary>An entry's path has <c>..</c> in it.</summary>
    TarParentPath = 503,
    /// <summary>A link leaves the root of the image.</summary>
    TarLinkLeavesRoot = 504,
    /// <summary>An entry is a device.</summary>
    TarDevice = 505,
    /// <summary>Two entries have the same path.</summary>
    TarDuplicate = 506,
    /// <summary>An entry lies below a symbolic link of the same layer.</summary>
    TarThroughLink = 507,
    /// <summary>There are more entries than are looked at.</summary>
    TarTooManyEntries = 508,
    /// <summary>Something other than zeros follows the archive's end.</summary>
    TarTrailing = 509,
    /// <summary>An entry's path is longer than Linux can open.</summary>
    TarPathTooLong = 510,

    /// <summary>The program that the image runs is not in it.</summary>
    EntrypointMissing = 601,
    /// <summary>The program may not be executed.</summary>
    EntrypointMode = 602,
    /// <summary>The program is for another processor.</summary>
    EntrypointMachine = 603,
    /// <summary>The program needs a dynamic linker that is not in the image.</summary>
    InterpreterMissing = 604,
    /// <summary>A segment of an AArch64 program does not suit kernels with pages of 64 KiB.</summary>
    PageAlignment = 605,
    /// <summary>The program is no executable.</summary>
    EntrypointFormat = 606,
    /// <summary>The program's stack may be executed, or the program does not say that it may not.</summary>
    ExecutableStack = 607,
    /// <summary>The program has memory that may be both written and executed.</summary>
    WritableCode = 608,
}
