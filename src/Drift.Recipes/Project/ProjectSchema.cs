// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>The JSON schema of a project file, made from the very table that reads one.</summary>
public static class ProjectSchema
{
    /// <summary>The schema (draft 2020-12), indented; it ends with a line break.</summary>
    public static string Text => Write(ProjectFile.FileName, "drift.schema.json", ProjectKeys.Root.Schema());

    /// <summary>Writes the schema of a document of this title, which is published under this name.</summary>
    internal static string Write(string title, string file, JsonObject shape)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = "https://raw.githubusercontent.com/drift-images/drift/main/docs/" + file,
            ["title"] = title,
        };
        foreach (var (name, value) in shape) schema[name] = value?.DeepClone();
        using var bytes = new MemoryStream();
        // Written for people, too: an apostrophe stays one.
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) schema.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
