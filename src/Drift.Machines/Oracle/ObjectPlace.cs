// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Where an object is.</summary>
/// <param name="Namespace">The tenancy's namespace of Object Storage.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Name">The object's name.</param>
internal sealed record ObjectPlace(string Namespace, string Bucket, string Name);
