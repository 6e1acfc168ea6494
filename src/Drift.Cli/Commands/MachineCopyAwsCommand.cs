// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Machines;

namespace Drift.Cli;

/// <summary><c>drift machine copy aws AMI</c></summary>
internal sealed class MachineCopyAwsCommand : Command
{
    private readonly Argument<string> _image = new("AMI") { Description = "The id of an image for arm64, as in ami-0123456789abcdef0" };
    private readonly Option<bool> _anyway = new("--no-boot-check") { Description = "Copy also what would not start on an Arm machine at Oracle" };
    private readonly CopyChoice _copy = new("PROD_OCI_");

    public MachineCopyAwsCommand(CliHost host)
        : base("aws", "Copy an image from AWS: its snapshot is read block by block, and sent to Oracle as an archive that it imports")
    {
        Arguments.Add(_image);
        Options.Add(_anyway);
        _copy.AddTo(this);
        _image.Validators.Add(result =>
        {
            if (result.Tokens[0].Value is not ['a', 'm', 'i', '-', .. { Length: > 0 } rest] || !rest.All(char.IsAsciiHexDigitLower)) result.AddError($"'{result.Tokens[0].Value}' is no id of an image: it looks like ami-0123456789abcdef0.");
        });
        SetAction((result, cancellationToken) => _copy.RunAsync(result, host, result.GetRequiredValue(_image), settings => new UploadedSnapshot(
            result.GetRequiredValue(_image), CloudSettings.Aws(host), _copy.Destination(result, host), new OracleImageOptions { Shapes = settings.Shapes }, !result.GetValue(_anyway)), cancellationToken));
    }
}
