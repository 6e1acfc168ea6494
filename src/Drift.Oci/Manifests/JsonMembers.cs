// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>
/// The members of one JSON object of the specification, asked for by name. A member that is null counts as absent; one of another kind than
/// asked for is an error with the member's path. What was not asked for is left in <see cref="Others"/>.
/// </summary>
internal sealed class JsonMembers
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<string> _known = [];

    public JsonMembers(JsonElement element, string path = "")
    {
        if (element.ValueKind != JsonValueKind.Object) throw new JsonException($"{(path.Length == 0 ? "it" : path)} is not an object");
        _object = element;
        _path = path;
    }

    public string? Text(string name) => Find(name, JsonValueKind.String) is { } value ? value.GetString() : null;

    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    public bool? Flag(string name) => Find(name, JsonValueKind.True, JsonValueKind.False) is { } value ? value.GetBoolean() : null;

    public long? Number(string name) => Find(name, JsonValueKind.Number) is not { } value ? null
        : value.TryGetInt64(out var number) ? number
        : throw new JsonException($"{PathOf(name)} is not a whole number of 64 bits");

    /// <summary>A count of bytes: at most 128 TiB, of which all that a document of <see cref="OciJson.MaximumSize"/> lists can be added up.</summary>
    public long RequiredSize(string name) => (Number(name) ?? throw Missing(name)) is var size and >= 0 and <= 1L << 47 ? size : throw new JsonException($"{PathOf(name)} is not a size in bytes");

    public int? SmallNumber(string name) => Number(name) is not { } number ? null
        : number is >= int.MinValue and <= int.MaxValue ? (int)number
        : throw new JsonException($"{PathOf(name)} is not a whole number of 32 bits");

    public Digest RequiredDigest(string name) => ToDigest(Find(name, JsonValueKind.String) ?? throw Missing(name), PathOf(name));

    /// <summary>Go's <c>time.Duration</c>, a number of nanoseconds. What is finer than .NET's 100 ns is cut off.</summary>
    public TimeSpan? Duration(string name) => Number(name) is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : null;

    public JsonMembers? Object(string name) => Find(name, JsonValueKind.Object) is { } value ? new JsonMembers(value, PathOf(name)) : null;

    public JsonMembers RequiredObject(string name) => Object(name) ?? throw Missing(name);

    public IReadOnlyList<string>? Texts(string name) => List(name, static (element, path) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new JsonException($"{path} is not a string"));

    public IReadOnlyList<Digest> RequiredDigests(string name) => List(name, ToDigest) ?? throw Missing(name);

    public IReadOnlyList<T>? Objects<T>(string name, Func<JsonMembers, T> read) => List(name, (element, path) => read(new JsonMembers(element, path)));

    public IReadOnlyList<T> RequiredObjects<T>(string name, Func<JsonMembers, T> read) => Objects(name, read) ?? throw Missing(name);

    /// <summary>An object whose members are all strings.</summary>
    public IReadOnlyDictionary<string, string>? Map(string name)
    {
        if (Find(name, JsonValueKind.Object) is not { } value) return null;
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            map[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw new JsonException($"{PathOf(name)}.{member.Name} is not a string");
        }
        return map;
    }

    /// <summary>Go's set of strings, <c>{"8080/tcp": {}}</c>.</summary>
    public IReadOnlyList<string>? Set(string name) => Find(name, JsonValueKind.Object) is { } value ? [.. value.EnumerateObject().Select(member => member.Name)] : null;

    /// <summary>The members that nobody asked for; null when there are none.</summary>
    public IDictionary<string, JsonElement>? Others()
    {
        Dictionary<string, JsonElement>? others = null;
        foreach (var member in _object.EnumerateObject())
        {
            if (_known.Contains(member.Name)) continue;
            // What cannot be written again must not come in.
            EnsureText(member.Value);
            (others ??= new Dictionary<string, JsonElement>(StringComparer.Ordinal))[member.Name] = member.Value;
        }
        return others;
    }

    /// <summary>Reads every string: one with half of a surrogate pair throws.</summary>
    private static void EnsureText(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            _ = value.GetString();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray()) EnsureText(element);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                _ = member.Name;
                EnsureText(member.Value);
            }
        }
    }

    private T[]? List<T>(string name, Func<JsonElement, string, T> read)
    {
        if (Find(name, JsonValueKind.Array) is not { } value) return null;
        var list = new T[value.GetArrayLength()];
        var i = 0;
        // Not by index: the item of a number is found by counting from the first.
        foreach (var element in value.EnumerateArray())
        {
            list[i] = read(element, $"{PathOf(name)}[{i}]");
            i++;
        }
        return list;
    }

    private JsonElement? Find(string name, JsonValueKind kind, JsonValueKind? otherKind = null)
    {
        _known.Add(name);
        if (!_object.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == kind || value.ValueKind == otherKind ? value : throw new JsonException($"{PathOf(name)} is not {Words(kind)}");
    }

    private static Digest ToDigest(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.String && Digest.TryParse(element.GetString(), out var digest)
            ? digest
            : throw new JsonException($"{path} is not a sha256 or sha512 digest");

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private JsonException Missing(string name) => new($"{PathOf(name)} is missing");

    private static string Words(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "true or false",
    };
}
