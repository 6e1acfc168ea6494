// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment.Tests;

/// <summary>An entry of a layer, and its content.</summary>
internal sealed record Entry(TarEntry Header, string Content);
