// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A text under a key of a map in YAML, and where it stands.</summary>
/// <param name="Map">The number of the map: fields of one map have the same.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The text.</param>
/// <param name="Start">Where the text, without quotes, begins in the file, in characters.</param>
/// <param name="Length">How many characters of the file it takes: those of the text, or those of the alias that stands for it.</param>
/// <param name="Position">The file's name, the line and the column, as compilers write them.</param>
internal sealed record YamlField(int Map, string Key, string Value, int Start, int Length, string Position)
{
    /// <summary>Says where, in a file of Kubernetes objects, something is.</summary>
    public static string At(string name, long line, long column) => string.Create(CultureInfo.InvariantCulture, $"{name}:{line}:{column}");

    public DriftException Error(string problem, string hint) => new(ErrorCode.InvalidObjects, $"{Position}: {problem}", hint);
}
