// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>Go's set of strings, <c>{"8080/tcp": {}}</c>, as a list; written sorted.</summary>
internal sealed class StringSetJsonConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("is not an object");
        var members = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.Add(reader.GetString()!);
            reader.Read();
            reader.Skip();
        }
        return members;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var member in value.Order(StringComparer.Ordinal))
        {
            writer.WriteStartObject(member);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
