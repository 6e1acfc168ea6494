// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>What may be done with a repository.</summary>
[Flags]
public enum RepositoryActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading: manifests, blobs, tags and referrers, and that the repository is there.</summary>
    Pull = 1,

    /// <summary>Uploading blobs, storing manifests and moving tags.</summary>
    Push = 2,

    /// <summary>Deleting blobs, manifests and tags.</summary>
    Delete = 4,

    /// <summary>Everything.</summary>
    All = Pull | Push | Delete,
}
