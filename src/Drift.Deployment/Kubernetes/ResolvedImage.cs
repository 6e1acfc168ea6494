// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>An image as objects name it, and the one image that is meant.</summary>
/// <param name="Written">As it is written: <c>drift://PATH</c>, or a reference.</param>
/// <param name="Pinned">The reference with its digest, which is written in its place.</param>
/// <param name="Platforms">What it runs on; empty when that is not known.</param>
public sealed record ResolvedImage(string Written, string Pinned, IReadOnlyList<Platform> Platforms);
