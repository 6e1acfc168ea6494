// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>A registry as an argument.</summary>
internal static class RegistryHost
{
    public static Argument<string> Argument() => new("HOST") { Description = "The registry, for example docker.io, ghcr.io or localhost:5000" };

    /// <summary>The host as references name it; <c>docker.io</c> for all names of Docker Hub.</summary>
    public static string Parse(string text) => text is "index.docker.io" or "registry-1.docker.io" or "https://index.docker.io/v1/" ? "docker.io"
        : ImageReference.TryParse(text + "/x", out var reference) && reference.Host == text ? text
        : throw new DriftException(ErrorCode.InvalidReference, $"'{text}' is not the host of a registry.", "Write it as NAME or NAME:PORT, without https:// and without a repository.");
}
