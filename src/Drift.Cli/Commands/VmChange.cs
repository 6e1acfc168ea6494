// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>How what answers on a machine is changed: what <c>deploy vm</c> and <c>rollback vm</c> take alike.</summary>
internal sealed class VmChange
{
    private readonly TimeOption _timeout = new("--timeout", "How long the new version may take until it is healthy [default: 60s]");
    private readonly TimeOption _watch = new("--watch", "How long to watch it after the switch, and go back when it fails [default: 5s]");
    private readonly TimeOption _drain = new("--drain", "How long the old version may go on with connections that it has [default: 30s]");
    private readonly TimeOption _wait = new("--wait", "How long to wait for another deployment to end [default: not at all]");
    private readonly Option<int> _keep = new("--keep") { Description = "How many images stay on the machine, at least 2", HelpName = "N", DefaultValueFactory = static _ => 3 };
    private readonly SizeOption _memory = new("--memory", "How much memory the container may use [default: 512MiB]");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _timeout, _watch, _drain, _wait, _keep, _memory }) command.Options.Add(option);
    }

    public VmSettings Of(ParseResult result, CliHost host, VmTarget target, string app)
    {
        if (result.GetRequiredValue(_keep) < 2) throw new DriftException(ErrorCode.InvalidSetting, "--keep below 2 leaves no way back.", "Give --keep a number from 2.");
        if (result.GetValue(_memory) is < 8L << 20) throw new DriftException(ErrorCode.InvalidSetting, "--memory is less than a container needs to start.", "Give --memory 8MiB or more.");
        return new VmSettings
        {
            App = app,
            Who = $"{host.Variable("USER") ?? host.Variable("LOGNAME") ?? Environment.UserName}@{Environment.MachineName}",
            HealthPath = target.HealthPath(result),
            HealthTimeout = result.GetValue(_timeout) ?? TimeSpan.FromSeconds(60),
            Watch = result.GetValue(_watch) ?? TimeSpan.FromSeconds(5),
            Drain = result.GetValue(_drain) ?? TimeSpan.FromSeconds(30),
            Wait = result.GetValue(_wait) ?? TimeSpan.Zero,
            Keep = result.GetRequiredValue(_keep),
            Memory = result.GetValue(_memory) ?? 512L << 20,
        };
    }
}
