// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A machine as <c>ssh</c> knows it: an alias of its configuration, <c>user@host</c> or <c>ssh://user@host:port</c>.</summary>
public sealed record SshHost
{
    private const int MaximumLength = 300;

    private SshHost(string text) => Text = text;

    private string Text { get; }

    /// <summary>Parses a host.</summary>
    /// <exception cref="ReferenceException">The text is none.</exception>
    public static SshHost Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var host) ? host : throw new ReferenceException(text, 0, "This is not a host.", "Write it as ssh knows it: an alias, user@host or ssh://user@host:port.");
    }

    /// <summary>Parses a host; false when the text is none. What begins with a hyphen would be an option of ssh.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SshHost? host)
    {
        host = null;
        if (text is not { Length: > 0 and <= MaximumLength } || text[0] == '-' || text.StartsWith("ssh://-", StringComparison.Ordinal)) return false;
        if (!text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or ':' or '/' or '[' or ']' or '%' or '+')) return false;
        if (text.Contains('/', StringComparison.Ordinal) && !text.StartsWith("ssh://", StringComparison.Ordinal)) return false;
        host = new SshHost(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
