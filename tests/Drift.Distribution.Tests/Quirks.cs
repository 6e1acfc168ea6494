// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution.Tests;

/// <summary>How a registry differs from the specification, or from what most others do.</summary>
/// <param name="Host">A host that the client takes for one of this kind.</param>
internal sealed record Quirks(string Host)
{
    /// <summary>The largest part of an upload; a larger one is answered with 416, or with 413 when a proxy is in front.</summary>
    public long MaximumPart { get; init; } = long.MaxValue;

    public int TooLargeStatus { get; init; } = 416;

    /// <summary>The smallest part but for the last.</summary>
    public long MinimumPart { get; init; }

    /// <summary>What a part is answered with.</summary>
    public int PartStatus { get; init; } = 202;

    /// <summary>Takes a blob in one request only.</summary>
    public bool TakesNoRanges { get; init; }

    /// <summary>The connection of the first upload breaks, and its session is forgotten.</summary>
    public bool Breaks { get; init; }

    /// <summary>Whether a session that broke can go on.</summary>
    public bool Forgets { get; init; }

    /// <summary>Asks for Basic, for Bearer, or for nothing.</summary>
    public string Challenge { get; init; } = "";

    /// <summary>Has <c>scope=""</c> in its challenges.</summary>
    public bool HasEmptyScope { get; init; }

    /// <summary>Tells how to log in at <c>/v2/</c> only.</summary>
    public bool ChallengesAtDoorOnly { get; init; }

    /// <summary>The member of the token server's answer, without a lifetime.</summary>
    public string TokenMember { get; init; } = "token";

    public bool RefusesMountsFromAnywhere { get; init; }

    /// <summary>Sets a cookie, and takes whoever brings it back for a forger.</summary>
    public bool HatesCookies { get; init; }

    /// <summary>Sends readers of blobs elsewhere, where credentials are an error.</summary>
    public bool RedirectsBlobs { get; init; }

    public bool HasNoDigestHeader { get; init; }

    public bool HasAbsoluteLocations { get; init; }

    public override string ToString() => Host;
}
