// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>How far a blob has come.</summary>
/// <param name="Number">The blob's number in this transfer, from 0.</param>
/// <param name="Blob">What it is; null while it is still made.</param>
/// <param name="Bytes">How many of its bytes have gone. What is sent again after a failure does not count twice.</param>
/// <param name="State">What becomes of it.</param>
public sealed record BlobProgress(int Number, Descriptor? Blob, long Bytes, BlobState State);
