// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Compresses a block into <paramref name="output"/> and returns how many bytes that took.</summary>
internal delegate int BlockEncoder(CompressionBlock block, Span<byte> output);
