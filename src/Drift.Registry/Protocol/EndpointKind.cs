// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>What a path of the distribution specification addresses.</summary>
internal enum EndpointKind
{
    Ping,
    Token,
    Blob,
    Uploads,
    Upload,
    Manifest,
    TagList,
    Referrers,
    Catalog,
}
