// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Which cluster, and how long it may take: what every command on one takes alike.</summary>
internal sealed class ClusterChoice
{
    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "The namespace of objects that name none [default: the context's]", HelpName = "N" };
    private readonly Option<string?> _context = new("--context") { Description = "The context of kubectl's configuration [default: the current one]", HelpName = "C" };
    private readonly Option<string?> _kubeconfig = new("--kubeconfig") { Description = "kubectl's configuration file [default: $KUBECONFIG, or ~/.kube/config]", HelpName = "FILE" };
    private readonly TimeOption _timeout = new("--timeout", "How long the pods may take to be ready [default: 120s]");

    public void AddTo(Command command, bool withTimeout)
    {
        command.Options.Add(_namespace);
        command.Options.Add(_context);
        command.Options.Add(_kubeconfig);
        if (withTimeout) command.Options.Add(_timeout);
    }

    public ClusterOptions Of(ParseResult result)
    {
        if (result.GetValue(_kubeconfig) is { } file && !File.Exists(file)) throw new DriftException(ErrorCode.SourceNotFound, $"There is no file {file}.", "Name kubectl's configuration with --kubeconfig.");
        return new ClusterOptions { Namespace = result.GetValue(_namespace), Context = result.GetValue(_context), Kubeconfig = result.GetValue(_kubeconfig) };
    }

    public TimeSpan Timeout(ParseResult result)
    {
        var timeout = result.GetValue(_timeout) ?? TimeSpan.FromSeconds(120);
        return timeout > TimeSpan.Zero ? timeout : throw new DriftException(ErrorCode.InvalidSetting, "--timeout 0s is not possible.", "Give --timeout a time from 1s.");
    }
}
