// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>What Docker says when it fails, as an error that says what to do.</summary>
internal static class DockerFailure
{
    private const int LongestMessage = 1000;

    /// <summary>Nothing answered.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="said">What the program said that was to reach the engine.</param>
    /// <param name="inner">The failed request.</param>
    public static DriftException Unreachable(SshHost host, string said, Exception inner)
    {
        var last = said.Trim().Split('\n')[^1];
        if (Says("docker.sock", "Cannot connect to the Docker daemon"))
        {
            return Says("permission denied")
                ? new DriftException(ErrorCode.HostNotReady, $"The user of {host} may not speak to Docker: {last}", "Add the user to the group docker there, and log in anew.", inner)
                : new DriftException(ErrorCode.HostNotReady, $"Docker does not run on {host}: {last}", "Start it there: sudo systemctl start docker.", inner);
        }
        if (Says("docker: not found", "docker: command not found", "docker: No such file", "nknown command")) return new DriftException(ErrorCode.HostNotReady, $"Docker is not installed on {host}: {last}", "Install docker.io, or Docker's own packages, there.", inner);
        return new DriftException(ErrorCode.HostUnreachable, $"The connection to Docker of {host} was lost{(last.Length > 0 ? $": {last}" : "")}.", "Run the same command again: it goes on from what it finds.", inner) { IsTransient = true };

        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (said.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
            }
            return false;
        }
    }

    /// <summary>The engine answered with an error.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="what">What it was asked to do.</param>
    /// <param name="text">Its own words.</param>
    public static DriftException Refused(SshHost host, string what, string text)
    {
        if (text.Length > LongestMessage) text = text[..LongestMessage];
        var (code, hint) = text switch
        {
            _ when Says("no space left") => (ErrorCode.HostNotReady, "Free some space there, for example with docker image prune --all."),
            _ when Says("unauthorized") || Says("no basic auth") || Says("denied") => (ErrorCode.AccessDenied, "Log in with drift login, or send the image with --no-registry."),
            _ when Says("HTTP response to HTTPS client") => (ErrorCode.HostNotReady, "Give the registry TLS, list it in insecure-registries of the engine's daemon.json, or send the image with --no-registry."),
            _ when Says("manifest unknown") || Says("not found") => (ErrorCode.NotFound, "Check the digest in the registry with drift inspect."),
            _ => (ErrorCode.RuntimeFailed, "Look at the log of the engine there: journalctl -u docker."),
        };
        return new DriftException(code, $"Docker of {host} could not {what}: {text}", hint);

        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
