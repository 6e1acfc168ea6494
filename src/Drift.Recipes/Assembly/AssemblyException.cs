// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Sources do not assemble or link.</summary>
/// <param name="message">The first error.</param>
/// <param name="hint">What to do about it.</param>
/// <param name="count">How many errors there are.</param>
internal sealed class AssemblyException(string message, string hint, int count) : DriftException(ErrorCode.AssemblyFailed, message, hint)
{
    public int Count => count;
}
