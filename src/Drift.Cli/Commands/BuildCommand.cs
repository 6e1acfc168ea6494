// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;
using Spectre.Console;

namespace Drift.Cli;

/// <summary><c>drift build [DIR] -o DEST</c></summary>
internal sealed class BuildCommand : Command
{
    private readonly Argument<string?> _directory = CommonOptions.Directory();
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Where to: oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE[:NAME:TAG], or a reference for a registry",
        HelpName = "DEST",
        Required = true,
    };
    private readonly Option<string[]> _platforms = new("--platform")
    {
        Description = "A platform to build for, for example linux/arm64; may be given several times [default: all that the folder has]",
        HelpName = "OS/ARCH",
    };

    private readonly CompressionOption _compression = new();

    public BuildCommand(CliHost host)
        : base("build", "Build the image of a folder into a layout, an archive or a registry")
    {
        Arguments.Add(_directory);
        Options.Add(_output);
        Options.Add(_platforms);
        Options.Add(_compression);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_output));
        var platforms = (result.GetValue(_platforms) ?? []).Select(Platform.Parse).ToArray();
        var recipe = Recipe.Detect(CommonOptions.DirectoryOf(result, _directory, host));
        var (index, reports, _) = await ImageBuild.RunAsync(recipe, platforms, location, result.GetRequiredValue(_compression), host, cancellationToken).ConfigureAwait(false);
        host.Printer(result).Result(new BuildReport(location.ToString(), index.Descriptor.Digest.ToString(), reports), OutputJsonContext.Default.BuildReport, console =>
        {
            console.MarkupLineInterpolated($"{location.ToString()}");
            console.MarkupLineInterpolated($"{index.Descriptor.Digest.ToString()}");
            console.Write(PlatformTable.Of(reports));
        });
        return ExitCodes.Ok;
    }
}
