// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A file of credentials: Docker's <c>config.json</c> or podman's <c>auth.json</c>, which share their members. What it holds besides stays as it is.
/// No message tells what stands in it.
/// </summary>
internal sealed class CredentialFile
{
    private const int MaximumSize = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly JsonObject _root;

    private CredentialFile(string path, JsonObject root)
    {
        Path = path;
        _root = root;
    }

    public string Path { get; }

    /// <summary>Reads a file; null when there is none.</summary>
    /// <exception cref="DriftException">It cannot be read, or is not what it should be.</exception>
    public static async Task<CredentialFile?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var _ = stream.ConfigureAwait(false);
            var content = new byte[MaximumSize + 1];
            var size = await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (size > MaximumSize) throw Invalid(path, "is larger than 1 MiB, which no file of credentials is");
            var root = size == 0 ? [] : JsonNode.Parse(content.AsSpan(0, size), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
            return new CredentialFile(path, root ?? throw Invalid(path, "is not a JSON object"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{path} cannot be read: {e.Message}", "Make it readable for this user, or name another folder with DOCKER_CONFIG.", e);
        }
        catch (JsonException e)
        {
            throw Invalid(path, $"is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
    }

    /// <summary>Reads a file, or makes one in memory that does not exist yet.</summary>
    public static async Task<CredentialFile> ReadOrCreateAsync(string path, CancellationToken cancellationToken) =>
        await ReadAsync(path, cancellationToken).ConfigureAwait(false) ?? new CredentialFile(path, []);

    /// <summary>The name of the credential helper for a key; null where the file itself holds the credential.</summary>
    public string? HelperFor(CredentialKey key) => Read("credHelpers", () =>
        Entries("credHelpers", key) is [{ } entry, ..] ? Text(entry.Value) : key.Path.Length == 0 ? Text(_root["credsStore"]) : null) is { Length: > 0 } name ? name : null;

    /// <summary>Whether the file itself holds a credential for a key.</summary>
    public bool Contains(CredentialKey key) => Find(key) is not null;

    /// <summary>The credential that the file itself holds for a key; null for none.</summary>
    public RegistryCredential? Find(CredentialKey key) =>
        Read($"the entry for {key.Text}", () => Entries("auths", key).Select(entry => Credential(entry.Value as JsonObject)).FirstOrDefault(credential => credential is not null));

    /// <summary>Puts a credential in, in the place of what is there for its key.</summary>
    public void Set(CredentialKey key, RegistryCredential credential)
    {
        Remove(key);
        if (_root["auths"] is not JsonObject auths) _root["auths"] = auths = [];
        auths[key.Text] = credential.RegistryToken is { } bearer ? new JsonObject { ["registrytoken"] = bearer }
            : credential.IdentityToken is { } token ? new JsonObject { ["identitytoken"] = token }
            : new JsonObject { ["auth"] = Convert.ToBase64String(Utf8.GetBytes($"{credential.Username}:{credential.Password}")) };
    }

    /// <summary>Takes out what is there for a key; false when that is nothing.</summary>
    public bool Remove(CredentialKey key) => Read("auths", () =>
    {
        var entries = Entries("auths", key).ToArray();
        foreach (var (name, _) in entries) ((JsonObject)_root["auths"]!).Remove(name);
        return entries.Length > 0;
    });

    /// <summary>Writes the file, for its owner alone; through a symbolic link into the file that it leads to.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        // As Docker writes it: a file under version control shows the change alone.
        var writer = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await using (writer.ConfigureAwait(false)) _root.WriteTo(writer);
        try
        {
            var path = new FileInfo(Path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
            await AtomicFile.WriteAsync(path, content.GetBuffer().AsMemory(0, (int)content.Length), cancellationToken, OwnerOnly).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{Path} cannot be written: {e.Message}", "Make it and its folder writable for this user, or name another folder with DOCKER_CONFIG.", e);
        }
    }

    private RegistryCredential? Credential(JsonObject? entry)
    {
        if (entry is null) return null;
        if (Text(entry["registrytoken"]) is { Length: > 0 } bearer) return new RegistryCredential { RegistryToken = RegistryToken.IsValid(bearer) ? bearer : throw new FormatException(), Origin = Path };
        if (Text(entry["identitytoken"]) is { Length: > 0 } token) return new RegistryCredential { IdentityToken = token, Origin = Path };
        var (name, password) = (Text(entry["username"]) ?? "", Text(entry["password"]) ?? "");
        if (Text(entry["auth"]) is { Length: > 0 } auth)
        {
            var pair = Utf8.GetString(Convert.FromBase64String(auth));
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) throw new FormatException();
            // Docker's older versions filled it up.
            (name, password) = (pair[..colon], pair[(colon + 1)..].TrimEnd('\0'));
        }
        return name.Length > 0 && password.Length > 0 ? RegistryCredential.Of(name, password, Path) : null;
    }

    /// <summary>What stands under any spelling of a key, the usual one first.</summary>
    private IReadOnlyList<KeyValuePair<string, JsonNode?>> Entries(string member, CredentialKey key) => _root[member] switch
    {
        null => [],
        JsonObject entries => [.. entries.Where(entry => CredentialKey.Parse(entry.Key) == key).OrderByDescending(entry => entry.Key == key.Text)],
        _ => throw new FormatException(),
    };

    private static string? Text(JsonNode? node) => node is null ? null : node is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw new FormatException();

    private T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or DecoderFallbackException)
        {
            // Of wrong types, wrong base64, or no Unicode. What exactly would quote a secret.
            throw Invalid(Path, $"does not hold what it should: {what} is damaged");
        }
    }

    private static DriftException Invalid(string path, string problem) =>
        new(ErrorCode.InvalidSetting, $"{path} {problem}.", "Repair the file, or move it away and log in again with drift login.");
}
