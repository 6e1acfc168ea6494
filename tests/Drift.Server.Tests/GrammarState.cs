// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>A state of the grammar: what happens when it is entered, and which bytes lead where.</summary>
internal sealed record GrammarState(string Name, string Action)
{
    public const string Stay = "stay";

    /// <summary>In the order of the file, where an earlier one takes precedence.</summary>
    public List<(bool[] Bytes, string Next)> Edges { get; } = [];
}
