// SPDX-License-Identifier: Apache-2.0

namespace Drift.Fuzz;

/// <summary>What must hold of every input that parses does not hold of this one.</summary>
internal sealed class InvariantException(string message) : Exception(message);
