// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The content of a file in a layer that is merged, and the names by which the result has it.</summary>
internal sealed class MergedContent
{
    public List<string> Names { get; } = [];
}
