// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A resource of a goss file: what to look at, and what is expected of it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its key in the file.</param>
internal sealed record Check(CheckKind Kind, string Id)
{
    /// <summary>What is looked at: the key, unless a setting says otherwise.</summary>
    public string Target { get; init; } = Id;

    public string Title { get; init; } = "";

    /// <summary>Whatever the file's writer noted; null for nothing.</summary>
    public JsonObject? Meta { get; init; }

    /// <summary>Whether it is left out on purpose.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>How long looking may take.</summary>
    public TimeSpan Timeout { get; init; } = Kind.Timeout ?? TimeSpan.FromSeconds(60);

    /// <summary>How it is looked at, by the keys of the file.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Settings { get; init; } = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);

    /// <summary>What is expected, in the order of <see cref="CheckKind.Properties"/>.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];

    /// <summary>A setting that is a text; null when it is not given.</summary>
    public string? Setting(string key) => Settings.GetValueOrDefault(key) is { } value ? value.GetValue<string>() : null;

    /// <summary>A setting that is true.</summary>
    public bool Has(string flag) => Settings.GetValueOrDefault(flag) is { } value && value.GetValue<bool>();
}
