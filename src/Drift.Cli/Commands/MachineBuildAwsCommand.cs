// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Machines;

namespace Drift.Cli;

/// <summary><c>drift machine build aws</c></summary>
internal sealed class MachineBuildAwsCommand : Command
{
    private const string Prefix = "AWS_";
    private readonly BuildChoice _build = new(Prefix);
    private readonly Option<string> _type = new("--instance-type") { Description = "The builder's type, one of Graviton's", HelpName = "TYPE", DefaultValueFactory = _ => "t4g.micro" };

    public MachineBuildAwsCommand(CliHost host)
        : base("aws", "Build on a Graviton machine at AWS that lives as long as the build; the variables AWS_… say where")
    {
        _build.AddTo(this);
        Options.Add(_type);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        using var client = CloudSettings.Aws(host);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["region"] = client.Access.Region, ["instance_type"] = result.GetRequiredValue(_type), ["ami_name_prefix"] = _build.NameOf(result),
            ["associate_public_ip"] = _build.IsPublic(result) ? "true" : "false", ["skip_create_ami"] = _build.MakesNoImage(result) ? "true" : "false",
        };
        foreach (var (variable, name) in (ReadOnlySpan<(string, string)>)[("AWS_SOURCE_AMI", "source_ami"), ("AWS_SUBNET_ID", "subnet_id"), ("AWS_SSH_KEYPAIR_NAME", "ssh_keypair_name")])
        {
            if (host.Variable(variable) is { } value) variables[name] = value;
        }
        using var secrets = TemporaryDirectory.Create();
        var settings = await _build.SettingsAsync(result, host, variables, secrets, cancellationToken).ConfigureAwait(false);
        var build = new AwsBuild(client, settings, new StepLines(host, result), host.Printer(result).ProgramLine);
        return BuildChoice.Report(result, host, await build.RunAsync(cancellationToken).ConfigureAwait(false));
    }
}
