// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>Go's time.Duration, a whole number of nanoseconds. What is finer than .NET's 100 ns is cut off.</summary>
internal sealed class NanosecondsJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var nanoseconds)
            ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new JsonException("is not a number of nanoseconds");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks <= long.MaxValue / TimeSpan.NanosecondsPerTick
            ? value.Ticks * TimeSpan.NanosecondsPerTick
            : throw new JsonException($"{value} is too long for a number of nanoseconds"));
}
