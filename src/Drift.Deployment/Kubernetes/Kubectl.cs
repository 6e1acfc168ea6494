// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>The program <c>kubectl</c>: it knows how to reach a cluster, how to log in there, and what is where in its API.</summary>
internal sealed class Kubectl(ClusterOptions options)
{
    private const string Program = "kubectl", Session = "setsid";
    // Of one request; some commands make several.
    private const string RequestTimeout = "--request-timeout=30s";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly string[] _cluster =
    [
        .. options.Kubeconfig is { } kubeconfig ? ["--kubeconfig", kubeconfig] : Array.Empty<string>(),
        .. options.Context is { } context ? ["--context", context] : Array.Empty<string>(),
        .. options.Namespace is { } name ? ["--namespace", name] : Array.Empty<string>(),
    ];

    /// <summary>Runs a command on the cluster, and returns what it prints.</summary>
    /// <param name="arguments">The command and its options.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <exception cref="DriftException">It is not installed, takes too long, or fails: why, it has said.</exception>
    public async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte>? input = null) =>
        await RunAloneAsync([.. _cluster, RequestTimeout, .. arguments], cancellationToken, input).ConfigureAwait(false);

    /// <summary>The objects that a folder of kustomize stands for, as YAML.</summary>
    public static async Task<string> RenderAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw new DriftException(ErrorCode.SourceNotFound, $"There is no folder {folder}.", "Name a folder with a kustomization.yaml.");
        return await RunAloneAsync(["kustomize", folder], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The minor version of kubectl 1.</summary>
    public static async Task<int> MinorVersionAsync(CancellationToken cancellationToken)
    {
        var version = JsonNode.Parse(await RunAloneAsync(["version", "--client", "--output", "json"], cancellationToken).ConfigureAwait(false));
        var minor = (string?)version?["clientVersion"]?["minor"] ?? "";
        return int.TryParse(string.Concat(minor.TakeWhile(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static async Task<string> RunAloneAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte>? input = null)
    {
        if (Tool.Find(Program) is null)
        {
            throw new DriftException(ErrorCode.ToolMissing, "kubectl is not installed; it is what speaks to the cluster.", "Install kubectl 1.21 or newer and put it on PATH: https://kubernetes.io/docs/tasks/tools/");
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            // A terminal's Ctrl-C goes to every program of its session, and what must come to its end is of another one.
            var isApart = !cancellationToken.CanBeCanceled && Tool.Find(Session) is not null;
            var (program, all) = isApart ? (Session, ["--wait", Program, .. arguments]) : (Program, arguments);
            var result = await Tool.RunAsync(program, all, limit.Token, input is { } bytes ? stream => stream.WriteAsync(bytes, limit.Token).AsTask() : null).ConfigureAwait(false);
            if (result.ExitCode == 0) return result.Output;
            cancellationToken.ThrowIfCancellationRequested();
            throw KubectlError.Read(result);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DriftException(ErrorCode.ClusterUnreachable, $"kubectl did not end within {Timeout.TotalSeconds} seconds.", "Look with kubectl get --raw /readyz whether the cluster answers.") { IsTransient = true };
        }
    }
}
