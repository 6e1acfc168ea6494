// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>Every block that the templates may have, by its place: <c>resource.oci_core_vcn</c>, <c>source.oracle-oci/shape_config</c>; and what may stand in it, by name.</summary>
internal sealed class TemplateSchema
{
    private static readonly Dictionary<string, string> OracleBlocks = new(StringComparer.Ordinal)
    {
        ["FlatConfig"] = "", ["FlatCreateVNICDetails"] = "/create_vnic_details", ["FlatFlexShapeConfig"] = "/shape_config", ["FlatListImagesRequest"] = "/base_image_filter",
    };

    private readonly Dictionary<string, Dictionary<string, SchemaEntry>> _places = new(StringComparer.Ordinal);

    public static TemplateSchema All { get; } = new();

    private TemplateSchema()
    {
        ReadPlugin("packer-oracle-oci-1.1.2.txt", place => "source.oracle-oci" + OracleBlocks[place]);
        ReadPlugin("packer-amazon-ebs-1.8.2.txt", _ => "source.amazon-ebs");
        using (var provider = JsonDocument.Parse(Text("terraform-oci-8.28.0.json")))
        {
            foreach (var type in provider.RootElement.EnumerateObject()) ReadProvider(type.Name.EndsWith("(data)", StringComparison.Ordinal) ? "data." + type.Name[..^6] : "resource." + type.Name, type.Value);
        }
        foreach (var line in Text("more.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('\t') is [var place, var name, var type, .. var required] && line[0] != '#') Add(place, name, type, required.Length > 0);
        }
        foreach (var (place, names) in _places)
        {
            if (!place.StartsWith("resource.", StringComparison.Ordinal) || place.Contains('/', StringComparison.Ordinal)) continue;
            foreach (var name in (ReadOnlySpan<string>)["count", "for_each", "depends_on", "provider"]) names.TryAdd(name, new SchemaEntry("Any", false));
            foreach (var name in (ReadOnlySpan<string>)["lifecycle", "timeouts"]) names.TryAdd(name, new SchemaEntry("Block", false));
        }
    }

    /// <summary>What may stand in a place; null when there is no such place.</summary>
    public IReadOnlyDictionary<string, SchemaEntry>? Find(string place) =>
        _places.GetValueOrDefault(place.EndsWith("/lifecycle", StringComparison.Ordinal) ? "lifecycle" : place.EndsWith("/timeouts", StringComparison.Ordinal) ? "timeouts" : place);

    private static string Text(string file) => File.ReadAllText(ProjectRoot.Combine("tests", "Drift.Machines.Tests", "Templates", "Schemas", file));

    private void Add(string place, string name, string type, bool required)
    {
        if (!_places.TryGetValue(place, out var names)) _places[place] = names = new(StringComparer.Ordinal);
        names[name] = new SchemaEntry(type, required);
    }

    private void ReadPlugin(string file, Func<string, string> placeOf)
    {
        foreach (var line in Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            Add(placeOf(fields[0]), fields[1], fields[2] == "AttrSpec" ? fields[3].Split('.', '(')[1] : "Block", required: false);
        }
    }

    private void ReadProvider(string place, JsonElement names)
    {
        foreach (var name in names.EnumerateObject())
        {
            var isBlock = name.Value.TryGetProperty("block", out var block);
            if (isBlock) ReadProvider($"{place}/{name.Name}", block);
            var type = name.Value.GetProperty("t").GetString()!;
            Add(place, name.Name, isBlock ? "Block" : type switch { "Int" or "Float" => "Number", "Set" => "List", _ => type }, name.Value.GetProperty("m").ValueEquals("req"));
        }
    }
}
