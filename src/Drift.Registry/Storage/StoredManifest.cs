// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>A manifest or index as it was pushed: its bytes and media type are returned exactly so.</summary>
internal sealed record StoredManifest(Digest Digest, string MediaType, ReadOnlyMemory<byte> Content);
