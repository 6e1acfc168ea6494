// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A manifest as the host of a package lists it.</summary>
/// <param name="Id">The host's own number for it.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Tags">Its tags; none for a part of an index, a referrer, or what a tag has moved away from.</param>
/// <param name="Pushed">When it was pushed.</param>
public sealed record PackageVersion(long Id, Digest Digest, IReadOnlyList<string> Tags, DateTimeOffset Pushed);
