// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Drift.Oci;

/// <summary>
/// Reads and writes the specification's JSON. Written: compact, members in the order of the types, no escapes beyond what JSON asks for,
/// so that the same image gives the same bytes. Read: at most <see cref="MaximumSize"/> bytes and 64 levels.
/// </summary>
public static class OciJson
{
    /// <summary>The largest manifest or index that is read, in bytes: the limit that registries share (4 MiB).</summary>
    public const int MaximumSize = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 64, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of an index.</summary>
    public static byte[] Write(ImageIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return Write(index.Write);
    }

    /// <summary>The bytes of a manifest.</summary>
    public static byte[] Write(ImageManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return Write(manifest.Write);
    }

    /// <summary>The bytes of a config.</summary>
    public static byte[] Write(ImageConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Write(config.Write);
    }

    /// <summary>Reads an index; <paramref name="origin"/> names it in errors.</summary>
    public static ImageIndex ReadIndex(ReadOnlySpan<byte> json, string origin) => Read(json, ImageIndex.Read, "an image index", origin);

    /// <summary>Reads a manifest; <paramref name="origin"/> names it in errors.</summary>
    public static ImageManifest ReadManifest(ReadOnlySpan<byte> json, string origin) => Read(json, ImageManifest.Read, "an image manifest", origin);

    /// <summary>Reads a config; <paramref name="origin"/> names it in errors.</summary>
    public static ImageConfig ReadConfig(ReadOnlySpan<byte> json, string origin) => Read(json, ImageConfig.Read, "an image config", origin);

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, WriteOptions))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    private static T Read<T>(ReadOnlySpan<byte> json, Func<JsonMembers, T> read, string kind, string origin)
    {
        if (json.Length > MaximumSize) throw Invalid($"it is larger than {MaximumSize} bytes");
        // A value that nobody asks for would be passed on with bytes that are no text.
        if (!Utf8.IsValid(json)) throw Invalid("it is not UTF-8");
        try
        {
            return read(new JsonMembers(JsonElement.Parse(json, ReadOptions)));
        }
        // The second is how a string tells that it has half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid(e.Message, e);
        }

        DriftException Invalid(string problem, Exception? inner = null) =>
            new(ErrorCode.InvalidContent, $"{origin} is not {kind}: {problem}", "Push the image again with a tool that keeps to the OCI image specification.", inner);
    }
}
