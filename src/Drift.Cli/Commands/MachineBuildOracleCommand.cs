// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Machines;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift machine build oracle</c></summary>
internal sealed class MachineBuildOracleCommand : Command
{
    private const string Prefix = "OCI_";
    private readonly BuildChoice _build = new(Prefix);
    private readonly TimeOption _patience = new("--patience", "How long to wait until some availability domain has a machine to spare [default: not at all]");
    private readonly TimeOption _poll = new("--poll", "How often to ask whether one has [default: 1m]");
    private readonly Option<bool> _paid = new("--paid") { Description = "The tenancy pays: it may have more than what is always free" };

    public MachineBuildOracleCommand(CliHost host)
        : base("oracle", "Build on an Ampere machine at Oracle that lives as long as the build; the variables OCI_… say where")
    {
        _build.AddTo(this);
        Options.Add(_patience);
        Options.Add(_poll);
        Options.Add(_paid);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        string Need(string name) => host.Variable(Prefix + name) ?? throw new DriftException(ErrorCode.InvalidSetting, $"{Prefix}{name} is not set.", "Set the variables that docs/machines.md lists.");
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tenancy_ocid"] = Need("TENANCY_OCID"), ["user_ocid"] = Need("USER_OCID"), ["fingerprint"] = Need("FINGERPRINT"), ["api_private_key"] = Need("API_PRIVATE_KEY"), ["region"] = Need("REGION"),
            ["compartment_ocid"] = OracleId.Check(Need("COMPARTMENT_OCID"), "compartment", "tenancy"), ["availability_domain"] = Need("AVAILABILITY_DOMAIN"), ["subnet_ocid"] = OracleId.Check(Need("SUBNET_OCID"), "subnet"),
            ["base_image_ocid"] = OracleId.Check(Need("BASE_IMAGE_OCID"), "image"), ["image_name_prefix"] = _build.NameOf(result),
            ["assign_public_ip"] = _build.IsPublic(result) ? "true" : "false", ["skip_create_image"] = _build.MakesNoImage(result) ? "true" : "false",
        };
        using var client = CloudSettings.Oracle(host, Prefix, profile: null);
        using var secrets = TemporaryDirectory.Create();
        var settings = await _build.SettingsAsync(result, host, variables, secrets, cancellationToken).ConfigureAwait(false);
        settings = settings with { Patience = result.GetValue(_patience) ?? TimeSpan.Zero, Poll = result.GetValue(_poll) ?? TimeSpan.FromMinutes(1), Pays = result.GetValue(_paid) };
        var build = new OracleBuild(client, settings, new StepLines(host, result), host.Printer(result).ProgramLine);
        return BuildChoice.Report(result, host, await build.RunAsync(cancellationToken).ConfigureAwait(false));
    }
}
