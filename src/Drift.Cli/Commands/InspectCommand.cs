// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift inspect SOURCE</c></summary>
internal sealed class InspectCommand : Command
{
    private readonly Argument<string> _source = new("SOURCE") { Description = CommonOptions.Sources };
    private readonly Option<string?> _platform = new("--platform") { Description = "Show only the image of this platform", HelpName = "OS/ARCH" };
    private readonly Option<bool> _files = new("--files") { Description = $"List the files of each layer, at most {LayerListing.Maximum} of one" };

    public InspectCommand(CliHost host)
        : base("inspect", "Show what an image is made of: indexes, platforms, config and layers with their sizes")
    {
        Arguments.Add(_source);
        Options.Add(_platform);
        Options.Add(_files);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var platform = result.GetValue(_platform) is { } named ? Platform.Parse(named) : null;
        var location = ImageLocation.Parse(result.GetRequiredValue(_source));
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var selected = platform is null ? origin.Root : await origin.Source.SelectPlatformAsync(origin.Root, platform, cancellationToken).ConfigureAwait(false);
        var root = await new InspectTree(origin.Source, cancellationToken).ReadAsync(selected).ConfigureAwait(false);
        var showFiles = result.GetValue(_files);
        if (printer.IsJson)
        {
            if (showFiles) root = await WithFilesAsync(root, new LayerListing(origin.Source), cancellationToken).ConfigureAwait(false);
            printer.Json(new InspectReport(location.ToString(), root), OutputJsonContext.Default.InspectReport);
        }
        else
        {
            await new InspectText(printer, origin.Source, showFiles, root, cancellationToken).PrintAsync().ConfigureAwait(false);
        }
        return ExitCodes.Ok;
    }

    private static async Task<InspectNode> WithFilesAsync(InspectNode node, LayerListing listing, CancellationToken cancellationToken)
    {
        var layers = new List<InspectLayer>();
        foreach (var layer in node.Layers ?? []) layers.Add(await listing.FillAsync(layer, cancellationToken).ConfigureAwait(false));
        var manifests = new List<InspectNode>();
        foreach (var manifest in node.Manifests ?? []) manifests.Add(await WithFilesAsync(manifest, listing, cancellationToken).ConfigureAwait(false));
        return node with { Layers = node.Layers is null ? null : layers, Manifests = node.Manifests is null ? null : manifests };
    }
}
