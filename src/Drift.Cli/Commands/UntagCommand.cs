// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift untag oci:DIR:TAG</c></summary>
internal sealed class UntagCommand : Command
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "oci:DIR:TAG" };

    public UntagCommand(CliHost host)
        : base("untag", "Take a tag out of a layout; drift gc then frees what no other tag needs")
    {
        Arguments.Add(_image);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_image));
        if (location is not { Transport: ImageTransport.OciLayout, Name: { } tag })
        {
            throw new DriftException(ErrorCode.NotSupported, $"{location} is not a tag of a layout.", "Write it as oci:DIR:TAG.");
        }
        await OciLayout.Open(location.Path).UntagAsync(tag, cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new UntagReport(location.Path, tag), static () => OutputJsonContext.Default.UntagReport, () => printer.Step($"{location} is gone"));
        return ExitCodes.Ok;
    }
}
