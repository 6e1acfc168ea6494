// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>What <c>ssh</c> says when it fails, as an error that says what to do.</summary>
internal static class SshFailure
{
    public static DriftException Of(SshHost host, string said)
    {
        var last = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "ssh ended without a word";
        if (said.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal) || said.Contains("has changed and you have requested strict checking", StringComparison.Ordinal))
        {
            return new DriftException(ErrorCode.AccessDenied, $"{host} shows another host key than the one that is known: it is another machine, or someone is in between. Nothing was sent.",
                $"Compare the key's fingerprint on the machine's console; only if it is right, remove the old one with ssh-keygen -R and connect once with ssh {host}.");
        }
        if (said.Contains("Host key verification failed", StringComparison.Ordinal))
        {
            return new DriftException(ErrorCode.AccessDenied, $"The host key of {host} is not known.", $"Connect once with ssh {host} and compare the fingerprint, or add the key to known_hosts.");
        }
        if (said.Contains("Permission denied (", StringComparison.Ordinal))
        {
            return new DriftException(ErrorCode.AccessDenied, $"{host} refuses the login: {last}", $"Make ssh {host} work without a question: an agent, a key without passphrase, or IdentityFile in ~/.ssh/config.");
        }
        return new DriftException(ErrorCode.HostUnreachable, $"{host} cannot be reached: {last}", $"Make ssh {host} work first.") { IsTransient = true };
    }
}
