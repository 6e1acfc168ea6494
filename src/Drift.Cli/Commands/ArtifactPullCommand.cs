// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;

namespace Drift.Cli;

/// <summary><c>drift artifact pull SOURCE -o DIR</c></summary>
internal sealed class ArtifactPullCommand : Command
{
    private readonly Argument<string> _source = new("SOURCE") { Description = "A reference in a registry, oci:DIR[:TAG] or oci-archive:FILE[:TAG]" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The folder that the files go into; those of the same names are replaced", HelpName = "DIR", DefaultValueFactory = static _ => "." };

    public ArtifactPullCommand(CliHost host)
        : base("pull", "Pull the files and folders of an artifact")
    {
        Arguments.Add(_source);
        Options.Add(_output);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_source));
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var titles = await ArtifactFolder.PullAsync(origin.Source, origin.Root, result.GetRequiredValue(_output), cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new ArtifactReport(location.ToString(), origin.Root.Digest.ToString(), null, titles), static () => OutputJsonContext.Default.ArtifactReport, () =>
        {
            foreach (var title in titles) printer.Line(title);
        });
        return ExitCodes.Ok;
    }
}
