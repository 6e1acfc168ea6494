// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;

namespace Drift.Oci;

/// <summary>How a container is run: the <c>config</c> object of an image config (image-spec config.md).</summary>
public sealed record ContainerConfig
{
    /// <summary>The user, and group after a colon; numeric when Kubernetes must see that it is not root, for example <c>65532:65532</c>.</summary>
    public string? User { get; init; }

    /// <summary>The ports that the program listens on, for example <c>8080/tcp</c>.</summary>
    public IReadOnlyList<string>? ExposedPorts { get; init; }

    /// <summary>The environment, each as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>The program and its first arguments.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Arguments after the entrypoint that the one who runs it may replace.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The working directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Free-form facts about the image.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The signal that asks the program to end, for example <c>SIGTERM</c>.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The folders that hold data to be kept outside of the image, for example <c>/var/lib/data</c>.</summary>
    public IReadOnlyList<string>? Volumes { get; init; }

    /// <summary>How Docker finds out whether the program is healthy; Docker's own member, which Kubernetes does not read.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>The shell that Docker puts before a command that is one line of text; Docker's own member.</summary>
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    /// <summary>The config with variables set; one that was there keeps its place.</summary>
    public ContainerConfig WithVariables(IEnumerable<KeyValuePair<string, string>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var all = (Environment ?? []).ToList();
        foreach (var (name, value) in variables)
        {
            var place = all.FindIndex(variable => variable.StartsWith(name + "=", StringComparison.Ordinal));
            if (place < 0) all.Add($"{name}={value}");
            else all[place] = $"{name}={value}";
        }
        return all.Count == 0 ? this : this with { Environment = all };
    }

    /// <summary>The config with a variable set; one that was there keeps its place.</summary>
    public ContainerConfig WithVariable(string name, string value) => WithVariables([KeyValuePair.Create(name, value)]);

    /// <summary>The config with labels set, besides those that were there.</summary>
    public ContainerConfig WithLabels(IEnumerable<KeyValuePair<string, string>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (Labels ?? new Dictionary<string, string>(StringComparer.Ordinal)).Concat(labels)) all[name] = value;
        return all.Count == 0 ? this : this with { Labels = all };
    }

    /// <summary>The config with a label set, besides those that were there.</summary>
    public ContainerConfig WithLabel(string name, string value) => WithLabels([KeyValuePair.Create(name, value)]);

    /// <summary>The config with a port that the program listens on, besides those that were there.</summary>
    /// <param name="port">The port, from 1 to 65535.</param>
    /// <param name="protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
    public ContainerConfig WithPort(int port, string protocol = "tcp")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        var text = string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}");
        return ExposedPorts?.Contains(text, StringComparer.Ordinal) == true ? this : this with { ExposedPorts = [.. ExposedPorts ?? [], text] };
    }

    internal static ContainerConfig Read(JsonMembers members) => new()
    {
        User = members.Text("User"),
        ExposedPorts = members.Set("ExposedPorts"),
        Environment = members.Texts("Env"),
        Entrypoint = members.Texts("Entrypoint"),
        Command = members.Texts("Cmd"),
        WorkingDirectory = members.Text("WorkingDir"),
        Labels = members.Map("Labels"),
        StopSignal = members.Text("StopSignal"),
        Volumes = members.Set("Volumes"),
        HealthCheck = members.Object("Healthcheck") is { } check ? HealthCheck.Read(check) : null,
        Shell = members.Texts("Shell"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Text("User", User);
        writer.Set("ExposedPorts", ExposedPorts);
        writer.Texts("Env", Environment);
        writer.Texts("Entrypoint", Entrypoint);
        writer.Texts("Cmd", Command);
        writer.Text("WorkingDir", WorkingDirectory);
        writer.Map("Labels", Labels);
        writer.Text("StopSignal", StopSignal);
        writer.Set("Volumes", Volumes);
        writer.Object("Healthcheck", HealthCheck, static (value, output) => value.Write(output));
        writer.Texts("Shell", Shell);
        writer.Others(OtherMembers);
    }
}
