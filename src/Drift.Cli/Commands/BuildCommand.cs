// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift build [DIR] -o DEST</c></summary>
internal sealed class BuildCommand : Command
{
    private readonly RecipeChoice _recipe = new();
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


    public BuildCommand(CliHost host)
        : base("build", "Build the image of a folder into a layout, an archive or a registry")
    {
        _recipe.AddTo(this);
        Options.Add(_output);
        Options.Add(_platforms);
        PackSettings.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_output));
        var platforms = (result.GetValue(_platforms) ?? []).Select(Platform.Parse).ToArray();
        using var settings = new PackSettings(result, host);
        var bases = new BaseImages(settings.Cache);
        await using var _ = bases.ConfigureAwait(false);
        var recipe = _recipe.Of(result, host, bases);
        var (index, reports, images) = await ImageBuild.RunAsync(recipe, platforms, location, settings, cancellationToken).ConfigureAwait(false);
        var layers = LayerReport.Of(index.Images[0], images[0]);
        var printer = host.Printer(result);
        printer.Result(new BuildReport(location.ToString(), index.Descriptor.Digest.ToString(), reports, layers), static () => OutputJsonContext.Default.BuildReport, () =>
        {
            printer.Line(location.ToString());
            printer.Line(index.Descriptor.Digest.ToString());
            PlatformTable.Print(reports, printer);
            if (layers is not null) LayerTable.Print(layers, printer);
        });
        return ExitCodes.Ok;
    }
}
