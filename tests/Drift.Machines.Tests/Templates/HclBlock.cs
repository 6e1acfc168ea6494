// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines.Tests;

/// <summary>A block of a template, or all of a file.</summary>
/// <param name="Type">What it begins with; empty for a file.</param>
/// <param name="Labels">The names after that.</param>
/// <param name="Line">Where it begins, from 1.</param>
internal sealed record HclBlock(string Type, IReadOnlyList<string> Labels, int Line)
{
    public List<HclAttribute> Attributes { get; } = [];

    public List<HclBlock> Blocks { get; } = [];

    /// <summary>This block, and all that are inside of it.</summary>
    public IEnumerable<HclBlock> All() => Blocks.SelectMany(block => block.All()).Prepend(this);
}
