// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>How Docker finds out whether a container is healthy (github.com/moby/docker-image-spec, "Healthcheck"). Null and zero take Docker's defaults.</summary>
public sealed record HealthCheck
{
    /// <summary>
    /// The probe: <c>CMD</c> and a program with its arguments, <c>CMD-SHELL</c> and a line for the shell, or <c>NONE</c> alone to turn off
    /// the base image's.
    /// </summary>
    [JsonPropertyName("Test")]
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>The time between two probes.</summary>
    [JsonPropertyName("Interval"), JsonConverter(typeof(NanosecondsJsonConverter))]
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take.</summary>
    [JsonPropertyName("Timeout"), JsonConverter(typeof(NanosecondsJsonConverter))]
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long failed probes do not count after the start.</summary>
    [JsonPropertyName("StartPeriod"), JsonConverter(typeof(NanosecondsJsonConverter))]
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>The time between two probes during <see cref="StartPeriod"/>.</summary>
    [JsonPropertyName("StartInterval"), JsonConverter(typeof(NanosecondsJsonConverter))]
    public TimeSpan? StartInterval { get; init; }

    /// <summary>How many probes in a row must fail.</summary>
    [JsonPropertyName("Retries")]
    public int? Retries { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }
}
