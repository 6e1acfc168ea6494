// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Registry;

/// <summary>A request that ended, for a log. Path and user agent are the client's own words, of any characters.</summary>
public sealed record RegistryRequest
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its number: that of the connection, and which request of the connection it is.</summary>
    public required string Id { get; init; }

    /// <summary>Where it came from.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>The user that logged in; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, decoded and without a query.</summary>
    public required string Path { get; init; }

    /// <summary>The HTTP status; 499 when the client was gone before it was answered.</summary>
    public required int Status { get; init; }

    /// <summary>How many bytes of content were received.</summary>
    public long Received { get; init; }

    /// <summary>How many bytes of content were sent.</summary>
    public long Sent { get; init; }

    /// <summary>How long it took, until its answer was written.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What the client says it is; empty when it does not.</summary>
    public required string UserAgent { get; init; }
}
