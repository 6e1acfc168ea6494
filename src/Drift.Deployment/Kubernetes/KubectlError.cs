// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>What kubectl says when it fails, as an error that tells what to do. The words are the API server's, which has no codes that kubectl passes on.</summary>
internal static class KubectlError
{
    private const int MaximumLines = 8;

    // The first that fits decides: what refuses an object often says that this is forbidden.
    private static readonly (string[] Words, ErrorCode Code, string Hint)[] Known =
    [
        (["admission webhook", "failed calling webhook"], ErrorCode.ClusterRefused, "Change what the webhook wants, or ask who runs it: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations."),
        (["connection refused", "was refused - did you specify the right host", "unable to connect to the server", "no such host", "i/o timeout", "client.timeout", "tls handshake", "no route to host", "context deadline exceeded while awaiting headers"],
            ErrorCode.ClusterUnreachable, "Look with kubectl get --raw /readyz whether the cluster answers, and choose it with --context or --kubeconfig."),
        (["exceeded quota", "must specify limits", "must specify requests"], ErrorCode.ClusterRefused, "Ask for less in resources and replicas, or for more quota: kubectl describe quota."),
        (["violates podsecurity", "podsecuritypolicy"], ErrorCode.ClusterRefused, "Set the securityContext that the namespace asks for; k8s/base of Drift's own sources has one that is restricted."),
        (["unauthorized", "you must be logged in", "forbidden"], ErrorCode.AccessDenied, "Choose another user with --context or --kubeconfig, or ask for the permission: kubectl auth can-i --list."),
        (["does not exist", "invalid configuration", "no configuration has been provided", "error loading config"], ErrorCode.InvalidSetting, "Name a context and a configuration that are there: kubectl config get-contexts."),
        (["no such file or directory"], ErrorCode.SourceNotFound, "Name a file that exists."),
        (["json: unknown field", "must be a file (got d="], ErrorCode.NotSupported, "Install kubectl 1.21 or newer: what this one has of kustomize is older than the folder."),
        (["no matches for kind"], ErrorCode.ClusterRefused, "Install the custom resource that it is of first, or write an API version that the cluster has: kubectl api-resources."),
        (["namespaces \"", "not found"], ErrorCode.NotFound, "Create the namespace with kubectl create namespace, or name one that is there with --namespace."),
        (["does not match the namespace"], ErrorCode.InvalidSetting, "Leave --namespace out: the objects name one themselves."),
    ];

    public static DriftException Read(ToolResult result)
    {
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Warning:", StringComparison.Ordinal) && !line.StartsWith('#')).Distinct(StringComparer.Ordinal).ToList();
        var text = lines.Count == 0 ? $"exit code {result.ExitCode}" : string.Join('\n', lines.TakeLast(MaximumLines));
        var (code, hint) = Classify(string.Join('\n', lines));
        return new DriftException(code, $"kubectl: {text}", hint) { IsTransient = code == ErrorCode.ClusterUnreachable };
    }

    private static (ErrorCode Code, string Hint) Classify(string text)
    {
        foreach (var (words, code, hint) in Known)
        {
            var fits = code == ErrorCode.NotFound ? words.All(Has) : words.Any(Has);
            if (fits) return (code, hint);
        }
        return (ErrorCode.ClusterRefused, "Correct the objects; kubectl explain shows what fields there are.");

        bool Has(string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
