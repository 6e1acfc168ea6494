// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace Drift.Oci;

/// <summary>
/// An image in a registry as Docker writes it: <c>[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]</c>. Without a host it is Docker Hub's, and a
/// name of one part there is in <c>library/</c>. A digest wins over the tag, which then is a comment.
/// </summary>
public sealed record ImageReference
{
    private const string DockerHub = "docker.io";

    /// <summary>The registry's host, with its port when one was written, for example <c>ghcr.io</c> or <c>localhost:5000</c>.</summary>
    public required string Host { get; init; }

    /// <summary>The repository.</summary>
    public required RepositoryName Repository { get; init; }

    /// <summary>The tag; null when only a digest was written.</summary>
    public Tag? Tag { get; init; }

    /// <summary>The digest, when one was written.</summary>
    public Digest? Digest { get; init; }

    /// <summary>What the registry is asked for: the digest, or else the tag.</summary>
    public string Target => Digest?.ToString() ?? (Tag ?? Oci.Tag.Latest).ToString();

    /// <summary>Parses a reference.</summary>
    /// <exception cref="ReferenceException">The text is no reference; the message shows where.</exception>
    public static ImageReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text, out var reference) is not { } error
            ? reference!
            : throw new ReferenceException(text, error.Position, error.Problem, error.Hint);
    }

    /// <summary>Parses a reference; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        return text is not null && Read(text, out reference) is null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Host}/{Repository}{(Tag is null ? "" : $":{Tag}")}{(Digest is null ? "" : $"@{Digest}")}";

    private static (int Position, string Problem, string? Hint)? Read(string text, out ImageReference? reference)
    {
        reference = null;
        if (text.Length == 0) return (0, "The image reference is empty.", "Write it as HOST/REPOSITORY:TAG.");

        Digest? digest = null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? text : text[..at];
        if (at >= 0)
        {
            if (!Oci.Digest.TryParse(text[(at + 1)..], out var parsed))
            {
                return (at + 1, "What follows @ is not a digest.", "Write it as sha256: and 64 lower-case hex digits.");
            }
            digest = parsed;
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        // As Docker does: the first part is a host when it has a dot or a port, or is localhost.
        var first = slash < 0 ? "" : name[..slash];
        var hasHost = first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost";
        var start = hasHost ? slash + 1 : 0;
        if (hasHost && HostError(first) is { } hostError) return (hostError.Position, hostError.Problem, "Write the host as NAME or NAME:PORT.");

        var colon = name.LastIndexOf(':');
        Tag? tag = null;
        if (colon >= start)
        {
            var tagText = name[(colon + 1)..];
            if (Oci.Tag.ErrorIn(tagText) is { } tagError) return (colon + 1 + tagError.Position, tagError.Problem, "Write the tag after the last : as letters, digits, _ . and -.");
            tag = Oci.Tag.Parse(tagText);
        }
        var repository = name[start..(colon >= start ? colon : name.Length)];
        if (RepositoryName.ErrorIn(repository) is { } nameError) return (start + nameError.Position, nameError.Problem, RepositoryName.Hint);

        var host = hasHost ? first : DockerHub;
        if (host == DockerHub && !repository.Contains('/', StringComparison.Ordinal)) repository = "library/" + repository;
        reference = new ImageReference
        {
            Host = host,
            Repository = RepositoryName.Parse(repository),
            Tag = tag ?? (digest is null ? Oci.Tag.Latest : null),
            Digest = digest,
        };
        return null;
    }

    private static (int Position, string Problem)? HostError(string host)
    {
        // A bracketed IPv6 address keeps its colons to itself.
        var bracket = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = host.IndexOf(':', Math.Max(bracket, 0));
        var name = colon < 0 ? host : host[..colon];
        if (name.Length == 0) return (0, "The host is empty.");
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown) return (0, "This is not a host name or address.");
        if (colon < 0) return null;
        var port = host[(colon + 1)..];
        return ushort.TryParse(port, System.Globalization.NumberStyles.None, null, out var number) && number > 0
            ? null
            : (colon + 1, "The port is not a number from 1 to 65535.");
    }
}
