// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What may go. A tag goes when all rules that are set agree.</summary>
public sealed record PruneRules
{
    /// <summary>A pattern of <c>*</c> and <c>?</c>: tags that it does not fit stay; null for all tags.</summary>
    public string? Match { get; init; }

    /// <summary>How many of the latest versions stay, of the tags that <see cref="Match"/> fits; null for none.</summary>
    public int? Keep { get; init; }

    /// <summary>How old an image has to be; one whose age is not known stays. Null for any age.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Whether images without a tag go. A registry does not list them; a layout does.</summary>
    public bool Untagged { get; init; }

    /// <summary>Manifests that stay whatever the rules say, with all that they need and the images that they are parts of: what is deployed.</summary>
    public IReadOnlyCollection<Digest> Protected { get; init; } = [];

    /// <summary>Whether any tag goes by these rules.</summary>
    internal bool AreOfTags => Match is not null || Keep is not null || OlderThan is not null;
}
