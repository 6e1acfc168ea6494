// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>How GitHub is spoken to, as the environment says; by the names that its own runners and <c>gh</c> use.</summary>
internal static class GitHubSettings
{
    /// <summary>Opens the API at <c>GITHUB_API_URL</c> with the token in <c>GITHUB_TOKEN</c> or <c>GH_TOKEN</c>.</summary>
    /// <exception cref="DriftException">A token is needed, and there is none.</exception>
    public static GitHubClient Open(CliHost host, bool needsToken)
    {
        var address = host.Variable("GITHUB_API_URL") ?? "https://api.github.com";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new DriftException(ErrorCode.InvalidSetting, $"GITHUB_API_URL is '{address}', which is no address.", "Set it to https://api.github.com, or leave it out.");
        var token = host.Variable("GITHUB_TOKEN") ?? host.Variable("GH_TOKEN");
        if (token is null && needsToken) throw new DriftException(ErrorCode.AccessDenied, "GitHub's API needs a token, and there is none.", "Set GITHUB_TOKEN, for example to $(gh auth token).");
        return new GitHubClient(uri, token);
    }
}
