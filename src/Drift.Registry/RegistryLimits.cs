// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>What clients may take of a registry, so that none of them keeps it from serving the others.</summary>
public sealed record RegistryLimits
{
    /// <summary>How many connections there may be; further ones are closed at once.</summary>
    public int Connections { get; init; } = 8192;

    /// <summary>How many of them may come from one address, or one network of 64 bits of IPv6.</summary>
    public int ConnectionsPerClient { get; init; } = 1024;

    /// <summary>How many uploads may be unfinished; further ones are answered with 429.</summary>
    public int Uploads { get; init; } = 2048;

    /// <summary>How many of them may be for one repository.</summary>
    public int UploadsPerRepository { get; init; } = 1024;

    /// <summary>How many of them may be of one user, or of one address of those who did not log in.</summary>
    public int UploadsPerClient { get; init; } = 512;

    /// <summary>How long the head of a request may take, and the handshake of TLS.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may rest between two requests.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many bytes a second a body has to come or go at, on the average since it began; a slower client is left.</summary>
    public double MinimumRate { get; init; } = 4096;

    /// <summary>How long a body may be slower: a client may need a while to make or unpack the next part of a layer. More than a second.</summary>
    public TimeSpan SlowGrace { get; init; } = TimeSpan.FromMinutes(2);
}
