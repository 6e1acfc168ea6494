// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>What a path addresses: an endpoint of the distribution specification, of the operation of this registry, or a page for people.</summary>
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
    Health,
    Metrics,
    HomePage,
    RepositoryPage,
    ImagePage,
    PageFile,
    LogIn,
}
