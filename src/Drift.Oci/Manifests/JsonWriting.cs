// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>Writes members of the specification's JSON; a value that is null is left out.</summary>
internal static class JsonWriting
{
    public static void Text(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    public static void Number(this Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    public static void Flag(this Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } flag) writer.WriteBoolean(name, flag);
    }

    public static void Duration(this Utf8JsonWriter writer, string name, TimeSpan? value)
    {
        if (value is not { } time) return;
        writer.WriteNumber(name, time.Ticks <= long.MaxValue / TimeSpan.NanosecondsPerTick
            ? time.Ticks * TimeSpan.NanosecondsPerTick
            : throw new ArgumentException($"{time} is too long for a number of nanoseconds."));
    }

    public static void Texts(this Utf8JsonWriter writer, string name, IReadOnlyList<string>? values)
    {
        if (values is null) return;
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    public static void Map(this Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string>? values)
    {
        if (values is null) return;
        writer.WriteStartObject(name);
        foreach (var (key, value) in values) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    /// <summary>Go's set of strings, sorted.</summary>
    public static void Set(this Utf8JsonWriter writer, string name, IReadOnlyList<string>? values)
    {
        if (values is null) return;
        writer.WriteStartObject(name);
        foreach (var value in values.Order(StringComparer.Ordinal))
        {
            writer.WriteStartObject(value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    public static void Object<T>(this Utf8JsonWriter writer, string name, T? value, Action<T, Utf8JsonWriter> write)
        where T : class
    {
        if (value is null) return;
        writer.WriteStartObject(name);
        write(value, writer);
        writer.WriteEndObject();
    }

    public static void Objects<T>(this Utf8JsonWriter writer, string name, IReadOnlyList<T>? values, Action<T, Utf8JsonWriter> write)
        where T : class
    {
        if (values is null) return;
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStartObject();
            write(value, writer);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    public static void Others(this Utf8JsonWriter writer, IDictionary<string, JsonElement>? members)
    {
        if (members is null) return;
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}
