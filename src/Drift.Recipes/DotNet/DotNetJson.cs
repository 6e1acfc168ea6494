// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Reads the JSON files that the SDK puts beside an app, which may come from anyone.</summary>
internal static class DotNetJson
{
    /// <summary>How large such a file may be, in bytes.</summary>
    public const int MaximumSize = 16 * 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file of an app's folder.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        // A link could lead anywhere, to a device that never ends too.
        if (new FileInfo(path).LinkTarget is not null) throw Invalid(path, "is a link");
        var content = await ContentSource.FromFile(path).OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        if (content.Length > MaximumSize) throw Invalid(path, $"is larger than {MaximumSize} bytes");
        var bytes = new byte[content.Length];
        var count = await content.Stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return bytes.AsMemory(0, count);
    }

    /// <summary>Parses a document whose root is an object.</summary>
    /// <exception cref="DriftException">It is damaged: <see cref="ErrorCode.InvalidDotNetApp"/>.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> json, string name, Func<JsonElement, T> read)
    {
        if (json.Span.StartsWith("\ufeff"u8)) json = json[3..];
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : throw Invalid(name, "is not a JSON object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what .NET throws for text with half of a surrogate pair.
            throw Invalid(name, $"does not parse: {e.Message}", e);
        }
    }

    /// <summary>A member that is an object; null when it is absent or something else.</summary>
    public static JsonElement? Object(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>A member that is text without control characters; null when it is absent or something else.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { } text && !text.Any(char.IsControl) ? text : null;

    public static DriftException Invalid(string name, string problem, Exception? inner = null) =>
        new(ErrorCode.InvalidDotNetApp, $"{name} {problem}.", "Run dotnet publish again, into an empty folder.", inner);
}
