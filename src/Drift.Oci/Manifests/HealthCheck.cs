// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>How Docker finds out whether a container is healthy (github.com/moby/docker-image-spec, "Healthcheck"). Null and zero take Docker's defaults.</summary>
public sealed record HealthCheck
{
    /// <summary>
    /// The probe: <c>CMD</c> and a program with its arguments, <c>CMD-SHELL</c> and a line for the shell, or <c>NONE</c> alone to turn off
    /// the base image's.
    /// </summary>
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>The time between two probes.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long failed probes do not count after the start.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>The time between two probes during <see cref="StartPeriod"/>.</summary>
    public TimeSpan? StartInterval { get; init; }

    /// <summary>How many probes in a row must fail.</summary>
    public int? Retries { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    internal static HealthCheck Read(JsonMembers members) => new()
    {
        Test = members.Texts("Test"),
        Interval = members.Duration("Interval"),
        Timeout = members.Duration("Timeout"),
        StartPeriod = members.Duration("StartPeriod"),
        StartInterval = members.Duration("StartInterval"),
        Retries = members.SmallNumber("Retries"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Texts("Test", Test);
        writer.Duration("Interval", Interval);
        writer.Duration("Timeout", Timeout);
        writer.Duration("StartPeriod", StartPeriod);
        writer.Duration("StartInterval", StartInterval);
        writer.Number("Retries", Retries);
        writer.Others(OtherMembers);
    }
}
