// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

#if DRIFT_MACHINES
namespace Drift.Machines;
#else
namespace Drift.Recipes;
#endif

/// <summary>A part of a YAML document, and where it starts: a text, a list or a map.</summary>
/// <param name="Position">The file's name, the line and the column, as compilers write them.</param>
internal sealed record YamlNode(string Position)
{
    /// <summary>The scalar as it stands in the file; null for a list or a map.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the scalar is without quotes, so that YAML could take it for something else than text.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The list's items; null for anything else.</summary>
    public IReadOnlyList<YamlNode>? Items { get; init; }

    /// <summary>The map's entries, whose keys are all different; null for anything else.</summary>
    public IReadOnlyList<(YamlNode Key, YamlNode Value)>? Entries { get; init; }

    /// <summary>Whether it is YAML's null: nothing at all after a key, most of the time.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>What it is, for messages.</summary>
    public string Kind => IsNull ? "empty" : Items is not null ? "a list" : Entries is not null ? "a map" : "a text";

    public DriftException Error(string problem, string hint) => new(ErrorCode.InvalidProject, $"{Position}: {problem}", hint);
}
