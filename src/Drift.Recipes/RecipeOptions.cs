// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What a recipe is given besides its folder.</summary>
public sealed record RecipeOptions
{
    /// <summary>The name of the base that stands for no base at all.</summary>
    public const string Scratch = "scratch";

    /// <summary>The base image to build upon, in the words of <see cref="OpenBase"/>, or <see cref="Scratch"/>; null for the recipe's own choice.</summary>
    public string? Base { get; init; }

    /// <summary>
    /// Opens a base image by its name: one image for each platform that it is there for. They must stay open until the recipe's images are
    /// packed. Null when there is no way to any.
    /// </summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<Image>>>? OpenBase { get; init; }

    /// <summary>Leaves files out that only debuggers read (<c>*.pdb</c>, <c>*.dbg</c>).</summary>
    public bool LeaveOutSymbols { get; init; }

    /// <summary>Adds annotations of the Git commit, whatever the project file says.</summary>
    public bool Git { get; init; }

    /// <summary>How a site is served.</summary>
    internal SiteOptions Site { get; init; } = new();

    /// <summary>How assembly sources are built; null for the standard.</summary>
    internal AssemblyOptions? Assembly { get; init; }

    internal Task<IReadOnlyList<Image>> OpenBaseAsync(string name, string directory, CancellationToken cancellationToken) => OpenBase is { } open
        ? open(name, cancellationToken)
        : throw new DriftException(ErrorCode.NotSupported, $"{directory} needs the base image {name}, and none can be opened here.", "Set RecipeOptions.OpenBase.");
}
