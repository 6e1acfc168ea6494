// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A file of a release as GitHub's API shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>uploaded</c>, or <c>starter</c> while it is not whole.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Digest"><c>sha256:…</c>; null from servers that do not tell it.</param>
internal sealed record GitHubAsset(long Id, string Name, string State, long Size, string? Digest = null)
{
    /// <summary>Whether it is that very file, as far as the server tells.</summary>
    public bool Is(ReleaseAsset asset) => State == "uploaded" && Size == asset.Size && (Digest is null || Digest == asset.Digest.ToString());
}
