// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>The name of a repository at GitHub: <c>OWNER/NAME</c>.</summary>
public sealed record GitHubRepository
{
    private GitHubRepository(string owner, string name) => (Owner, Name) = (owner, name);

    /// <summary>Who it belongs to: a user or an organisation.</summary>
    public string Owner { get; }

    /// <summary>Its name among the owner's.</summary>
    public string Name { get; }

    /// <summary>Parses <c>OWNER/NAME</c>.</summary>
    /// <exception cref="DriftException">It is no such name.</exception>
    public static GitHubRepository Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name] && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') && owner[0] != '.' && name is not ("." or "..")
            ? new GitHubRepository(owner, name)
            : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is not a repository at GitHub.", "Write OWNER/NAME, for example drift-images/drift.");
    }

    /// <summary>The repository at an address of the web, for example that of the remote <c>origin</c>; null for another host's.</summary>
    public static GitHubRepository? Of(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host == "github.com" && uri.AbsolutePath.Trim('/').Split('/').Length == 2 ? Parse(uri.AbsolutePath.Trim('/')) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}/{Name}";
}
