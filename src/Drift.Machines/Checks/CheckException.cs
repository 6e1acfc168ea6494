// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>A check that could not be evaluated, for example because a command took too long: it counts as failed, and says why.</summary>
internal sealed class CheckException(string message) : Exception(message);
