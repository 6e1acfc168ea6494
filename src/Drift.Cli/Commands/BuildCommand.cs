// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift build [DIR] -o DEST</c></summary>
internal sealed class BuildCommand : Command
{
    private readonly RecipeChoice _recipe = new();
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = CommonOptions.Destinations,
        HelpName = "DEST",
        Required = true,
    };
    private readonly Option<string[]> _platforms = new("--platform")
    {
        Description = "A platform to build for, for example linux/arm64; may be given several times [default: all that the folder has]",
        HelpName = "OS/ARCH",
    };
    private readonly Option<bool> _verify = new("--verify") { Description = "Build twice, the second time with another clock, umask, order of entries and number of threads, and show the first difference" };

    public BuildCommand(CliHost host)
        : base("build", "Build the image of a folder into a layout, an archive, a container engine or a registry")
    {
        _recipe.AddTo(this);
        Options.Add(_output);
        Options.Add(_platforms);
        Options.Add(_verify);
        Options.Add(SecondBuild.Vary);
        PackSettings.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(SecondBuild.Vary)) SecondBuild.VaryProcess();
        var location = ImageLocation.Parse(result.GetRequiredValue(_output));
        var platforms = (result.GetValue(_platforms) ?? []).Select(Platform.Parse).ToArray();
        using var settings = new PackSettings(result, host);
        var bases = new BaseImages(settings);
        await using var _ = bases.ConfigureAwait(false);
        var recipe = _recipe.Of(result, host, bases);
        var (index, reports, images) = await ImageBuild.RunAsync(recipe, platforms, location, settings, cancellationToken).ConfigureAwait(false);
        var layers = LayerReport.Of(index.Images[0], images[0]);
        var verified = result.GetValue(_verify) ? await VerifyAsync(result, recipe, platforms, index.Descriptor, settings, host, cancellationToken).ConfigureAwait(false) : null;
        var printer = host.Printer(result);
        printer.Result(new BuildReport(location.ToString(), index.Descriptor.Digest.ToString(), reports, layers, verified), static () => OutputJsonContext.Default.BuildReport, () =>
        {
            printer.Line(location.ToString());
            printer.Line(index.Descriptor.Digest.ToString());
            PlatformTable.Print(reports, printer);
            if (layers is not null) LayerTable.Print(layers, printer);
            if (verified is not null) printer.Line($"The second build gave the same digest, with another {verified}.");
        });
        return ExitCodes.Ok;
    }

    private async Task<string> VerifyAsync(ParseResult result, Recipe recipe, Platform[] platforms, Descriptor built, PackSettings settings, CliHost host, CancellationToken cancellationToken)
    {
        using var folder = TemporaryDirectory.Create();
        var (first, second) = (Path.Combine(folder.Path, "first"), Path.Combine(folder.Path, "second"));
        var varied = await SecondBuild.RunAsync(ArgumentsOf(result), second, host, cancellationToken).ConfigureAwait(false);
        var layout = OciLayout.Open(second);
        var again = await layout.ResolveAsync(null, cancellationToken).ConfigureAwait(false);
        if (again.Digest == built.Digest) return varied;

        // The destination may be a registry or an archive; what is compared is built for it.
        var location = ImageLocation.Parse("oci:" + first);
        var (index, _, _) = await ImageBuild.RunAsync(recipe, platforms, location, settings, cancellationToken).ConfigureAwait(false);
        var difference = await ImageDifference.FindAsync(OciLayout.Open(first), index.Descriptor, layout, again, cancellationToken).ConfigureAwait(false);
        throw new DriftException(ErrorCode.NotReproducible, $"Two builds of {recipe.Description} differ: {built.Digest} and {again.Digest}. The first difference: {difference ?? "gone in a third build"}.",
            "Look at what that entry is made from: another program, the clock, or a file that changes.");
    }

    /// <summary>The command line without what a build into another place must not have.</summary>
    private IEnumerable<string> ArgumentsOf(ParseResult result)
    {
        var dropsNext = false;
        foreach (var token in result.Tokens.Select(token => token.Value))
        {
            if (!dropsNext && token != _verify.Name && token is not ("--json" or "--quiet" or "-q" or "--no-cache") && !IsDropped(token)) yield return token;
            dropsNext = !dropsNext && IsDropped(token);
        }

        bool IsDropped(string token) => token == CommonOptions.Progress.Name || token == _output.Name || _output.Aliases.Contains(token);
    }
}
