// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Machines;

namespace Drift.Cli;

/// <summary><c>drift machine copy oracle IMAGE</c></summary>
internal sealed class MachineCopyOracleCommand : Command
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "The OCID of a custom image" };
    private readonly Option<string?> _from = new("--from-profile") { Description = "The profile of ~/.oci/config for the tenancy that has the image [default: the variables BUILD_OCI_…]", HelpName = "NAME" };
    private readonly CopyChoice _copy = new("BUILD_OCI_");

    public MachineCopyOracleCommand(CliHost host)
        : base("oracle", "Copy an image from one tenancy or region of Oracle's to another: export, link, import, shapes, and nothing left of it")
    {
        Arguments.Add(_image);
        Options.Add(_from);
        _copy.AddTo(this);
        SetAction((result, cancellationToken) => _copy.RunAsync(result, host, OracleId.Check(result.GetRequiredValue(_image), "image"),
            settings => new ExportedImage(result.GetRequiredValue(_image), CloudSettings.Oracle(host, "BUILD_OCI_", result.GetValue(_from)), settings), cancellationToken));
    }
}
