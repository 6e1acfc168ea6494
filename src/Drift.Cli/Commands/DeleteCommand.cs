// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift delete REF|oci:DIR:TAG</c></summary>
internal sealed class DeleteCommand : Command
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "A tag or a digest in a registry, or oci:DIR:TAG" };

    public DeleteCommand(CliHost host)
        : base("delete", "Delete a tag, or a digest with all of its tags; drift gc frees what no tag of a layout needs")
    {
        Arguments.Add(_image);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_image));
        switch (location)
        {
            case { NamesImage: true, Reference: { } reference }:
                await host.Registries(result).Open(reference).DeleteAsync(reference.Target, cancellationToken).ConfigureAwait(false);
                break;
            case { Transport: ImageTransport.OciLayout, Name: { } tag }:
                await OciLayout.Open(location.Path).UntagAsync(tag, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new DriftException(ErrorCode.NotSupported, $"{location} is neither a tag nor a digest in a registry nor a tag of a layout.", "Write HOST/NAME:TAG, HOST/NAME@sha256:…, or oci:DIR:TAG.");
        }
        var printer = host.Printer(result);
        printer.Result(new DeleteReport(location.ToString()), static () => OutputJsonContext.Default.DeleteReport, () => printer.Step($"{location} is gone"));
        return ExitCodes.Ok;
    }
}
