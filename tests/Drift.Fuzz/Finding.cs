// SPDX-License-Identifier: Apache-2.0

namespace Drift.Fuzz;

/// <summary>An input that a target did not deal with.</summary>
/// <param name="Input">The input.</param>
/// <param name="Kind">What went wrong, the same for inputs that fail in the same way.</param>
/// <param name="Details">The exception, or the measurement.</param>
internal sealed record Finding(byte[] Input, string Kind, string Details);
