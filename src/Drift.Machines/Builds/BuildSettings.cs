// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>What a machine image is built from, and within which limits.</summary>
internal sealed record BuildSettings
{
    /// <summary>The folder with the templates.</summary>
    public required string Folder { get; init; }

    /// <summary>What the template's variables are: names without <c>PKR_VAR_</c>, and values.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The builder's tag: <see cref="BuilderTag"/>.</summary>
    public required string Tag { get; init; }

    /// <summary>How long Packer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long to wait until a machine is to be had.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.Zero;

    /// <summary>How often to ask whether one is.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the account pays, and so may have more than what is always free.</summary>
    public bool Pays { get; init; }
}
