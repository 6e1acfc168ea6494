// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A file of a release.</summary>
/// <param name="Name">Its name, for example <c>drift-linux-arm64</c>.</param>
/// <param name="Path">Where it is on this machine.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Digest">Its SHA-256.</param>
public sealed record ReleaseAsset(string Name, string Path, long Size, Digest Digest);
