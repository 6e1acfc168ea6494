// SPDX-License-Identifier: Apache-2.0

using System.Text.Encodings.Web;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>How a container of an image is run, and what its maker says of it.</summary>
internal static class ConfigFacts
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(HtmlWriter html, ImageConfig config)
    {
        var run = config.Config ?? new ContainerConfig();
        var facts = new List<KeyValuePair<string, string>>();
        Add("Entrypoint", ArgumentsOf(run.Entrypoint));
        Add("Command", ArgumentsOf(run.Command));
        Add("User", run.User);
        Add("Working directory", run.WorkingDirectory);
        Add("Ports", run.ExposedPorts is null ? null : string.Join(", ", run.ExposedPorts));
        Add("Volumes", run.Volumes is null ? null : string.Join(", ", run.Volumes));
        Add("Stop signal", run.StopSignal);
        Add("Author", config.Author);
        FactList.Write(html, "How it runs", facts);
        FactList.Write(html, "Environment", [.. (run.Environment ?? []).Select(Split)]);
        FactList.Write(html, "Labels", run.Labels);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) facts.Add(KeyValuePair.Create(name, value));
        }
    }

    private static KeyValuePair<string, string> Split(string variable) =>
        variable.IndexOf('=', StringComparison.Ordinal) is >= 0 and var sign ? KeyValuePair.Create(variable[..sign], variable[(sign + 1)..]) : KeyValuePair.Create(variable, "");

    // As a Dockerfile writes them: where an argument begins and ends stays clear.
    private static string? ArgumentsOf(IReadOnlyList<string>? arguments)
    {
        if (arguments is not { Count: > 0 }) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartArray();
            foreach (var argument in arguments) json.WriteStringValue(argument);
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray()).Replace("\",\"", "\", \"", StringComparison.Ordinal);
    }
}
