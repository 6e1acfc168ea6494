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
    public static string Text
    {
        get
        {
            var schema = new JsonObject
            {
                ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                ["$id"] = "https://raw.githubusercontent.com/drift-images/drift/main/docs/drift.schema.json",
                ["title"] = ProjectFile.FileName,
            };
            foreach (var (name, value) in ProjectKeys.Root.Schema()) schema[name] = value?.DeepClone();
            using var bytes = new MemoryStream();
            // Written for people, too: an apostrophe stays one.
            using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) schema.WriteTo(writer);
            return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
        }
    }
}
