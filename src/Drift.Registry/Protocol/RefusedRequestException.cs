// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>A request that is answered with an error; there is one entry in the body for each of the details.</summary>
internal sealed class RefusedRequestException(DistributionError error, params IReadOnlyList<string?> details) : Exception(error.Message)
{
    public DistributionError Error { get; } = error;

    public IReadOnlyList<string?> Details { get; } = details;

    /// <summary>How long the client is asked to wait; null for not at all.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
