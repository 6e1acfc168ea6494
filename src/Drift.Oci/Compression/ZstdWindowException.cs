// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A frame needs a larger window than is given to it.</summary>
internal sealed class ZstdWindowException(string message) : Exception(message);
