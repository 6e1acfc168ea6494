// SPDX-License-Identifier: Apache-2.0

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Drift.Oci;

/// <summary>
/// Reads and writes the specification's JSON. Written: compact, members in the order of the types, no escapes beyond what JSON asks for,
/// so that the same image gives the same bytes. Read: at most <see cref="MaximumSize"/> bytes and 64 levels.
/// </summary>
public static class OciJson
{
    /// <summary>The largest manifest or index that is read, in bytes: the limit that registries share (4 MiB).</summary>
    public const int MaximumSize = 4 * 1024 * 1024;

    private static readonly OciJsonContext Context = new(new JsonSerializerOptions(OciJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The bytes of an index.</summary>
    public static byte[] Write(ImageIndex index) => JsonSerializer.SerializeToUtf8Bytes(index, Context.ImageIndex);

    /// <summary>The bytes of a manifest.</summary>
    public static byte[] Write(ImageManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Context.ImageManifest);

    /// <summary>The bytes of a config.</summary>
    public static byte[] Write(ImageConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, Context.ImageConfig);

    /// <summary>Reads an index; <paramref name="origin"/> names it in errors.</summary>
    public static ImageIndex ReadIndex(ReadOnlySpan<byte> json, string origin) =>
        Read(json, Context.ImageIndex, "an image index", origin, static index => [index.Manifests]);

    /// <summary>Reads a manifest; <paramref name="origin"/> names it in errors.</summary>
    public static ImageManifest ReadManifest(ReadOnlySpan<byte> json, string origin) =>
        Read(json, Context.ImageManifest, "an image manifest", origin, static manifest => [manifest.Layers]);

    /// <summary>Reads a config; <paramref name="origin"/> names it in errors.</summary>
    public static ImageConfig ReadConfig(ReadOnlySpan<byte> json, string origin) =>
        Read(json, Context.ImageConfig, "an image config", origin,
            static config => [config.History, config.Config?.Environment, config.Config?.Entrypoint, config.Config?.Command, config.Config?.Shell, config.Config?.HealthCheck?.Test]);

    // The serializer refuses null members, but lets null elements of a list pass.
    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string kind, string origin, Func<T, IEnumerable<object?>?[]> lists) where T : class
    {
        if (json.Length > MaximumSize) throw Invalid($"it is larger than {MaximumSize} bytes");
        try
        {
            var value = JsonSerializer.Deserialize(json, type) ?? throw Invalid("it is null");
            return lists(value).Any(list => list?.Contains(null) == true) ? throw Invalid("a list in it has an element that is null") : value;
        }
        catch (JsonException e)
        {
            throw Invalid(e.Message, e);
        }

        DriftException Invalid(string problem, Exception? inner = null) =>
            new(ErrorCode.InvalidContent, $"{origin} is not {kind}: {problem}", "Push the image again with a tool that keeps to the OCI image specification.", inner);
    }
}
