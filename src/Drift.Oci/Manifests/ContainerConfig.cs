// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>How a container is run: the <c>config</c> object of an image config (image-spec config.md).</summary>
public sealed record ContainerConfig
{
    /// <summary>The user, and group after a colon; numeric when Kubernetes must see that it is not root, for example <c>65532:65532</c>.</summary>
    [JsonPropertyName("User")]
    public string? User { get; init; }

    /// <summary>The ports that the program listens on, for example <c>8080/tcp</c>.</summary>
    [JsonPropertyName("ExposedPorts"), JsonConverter(typeof(StringSetJsonConverter))]
    public IReadOnlyList<string>? ExposedPorts { get; init; }

    /// <summary>The environment, each as <c>NAME=value</c>.</summary>
    [JsonPropertyName("Env")]
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>The program and its first arguments.</summary>
    [JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Arguments after the entrypoint that the one who runs it may replace.</summary>
    [JsonPropertyName("Cmd")]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The working directory.</summary>
    [JsonPropertyName("WorkingDir")]
    public string? WorkingDirectory { get; init; }

    /// <summary>Free-form facts about the image.</summary>
    [JsonPropertyName("Labels")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The signal that asks the program to end, for example <c>SIGTERM</c>.</summary>
    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    /// <summary>The folders that hold data to be kept outside of the image, for example <c>/var/lib/data</c>.</summary>
    [JsonPropertyName("Volumes"), JsonConverter(typeof(StringSetJsonConverter))]
    public IReadOnlyList<string>? Volumes { get; init; }

    /// <summary>How Docker finds out whether the program is healthy; Docker's own member, which Kubernetes does not read.</summary>
    [JsonPropertyName("Healthcheck")]
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>The shell that Docker puts before a command that is one line of text; Docker's own member.</summary>
    [JsonPropertyName("Shell")]
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }
}
