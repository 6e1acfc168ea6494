// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>Who looks at a page, and by which address: commands to copy name the registry as its visitor does.</summary>
internal sealed class Visitor
{
    /// <param name="request">The request.</param>
    /// <param name="principal">On whose behalf it comes.</param>
    public Visitor(HttpRequest request, Principal principal)
    {
        Principal = principal;
        // A proxy that speaks TLS says so; who lies to it is led astray alone.
        IsSecure = request.IsHttps || request.Headers["X-Forwarded-Proto"] == "https";
        var host = request.Host.Value ?? "";
        // Clients take a first part without a dot or a port for a repository of Docker's.
        if (host.AsSpan().IndexOfAny('.', ':') < 0) host += IsSecure ? ":443" : ":80";
        Host = ImageReference.TryParse($"{host}/name", out var reference) && reference.Host == host ? host : $"localhost:{request.HttpContext.Connection.LocalPort}";
    }

    /// <summary>On whose behalf the request comes.</summary>
    public Principal Principal { get; }

    /// <summary>The registry in image references, for example <c>localhost:5000</c>.</summary>
    public string Host { get; }

    /// <summary>Whether clients reach the registry by TLS.</summary>
    public bool IsSecure { get; }

    /// <summary>Whether the registry is on the visitor's own machine.</summary>
    public bool IsLocal => Uri.TryCreate($"http://{Host}/", UriKind.Absolute, out var address) && address.IsLoopback;

    /// <summary>Whether a log-in would show more.</summary>
    public bool CanLogIn => Principal is { IsUnrestricted: false, User: null };

    /// <summary>The repositories that may be seen.</summary>
    public IReadOnlyList<string> Filter(IReadOnlyList<string> repositories) =>
        Principal.IsUnrestricted ? repositories : [.. repositories.Where(name => Principal.May(RepositoryActions.Pull, name))];
}
