// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift diff A B</c></summary>
internal sealed class DiffCommand : Command
{
    private readonly Argument<string> _a = new("A") { Description = CommonOptions.Sources };
    private readonly Argument<string> _b = new("B") { Description = "The image to compare with, written in the same ways" };
    private readonly Option<string?> _platform = new("--platform")
    {
        Description = "The platform to take from an index [default: this machine's]",
        HelpName = "OS/ARCH",
    };

    public DiffCommand(CliHost host)
        : base("diff", "Compare two images: config, layers and files; exits with 0 when they are equal and with 7 when they differ")
    {
        Arguments.Add(_a);
        Arguments.Add(_b);
        Options.Add(_platform);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var platform = result.GetValue(_platform) is { } named ? Platform.Parse(named) : Platform.ThisMachine;
        var (locationA, locationB) = (ImageLocation.Parse(result.GetRequiredValue(_a)), ImageLocation.Parse(result.GetRequiredValue(_b)));
        var a = await ImageOrigin.OpenAsync(locationA, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = a.ConfigureAwait(false);
        var b = await ImageOrigin.OpenAsync(locationB, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var __ = b.ConfigureAwait(false);

        var report = await CompareAsync(a, b, platform, cancellationToken).ConfigureAwait(false);
        report = report with { A = locationA.ToString(), B = locationB.ToString() };
        if (printer.IsJson) printer.Json(report, OutputJsonContext.Default.DiffReport);
        else DiffText.Print(report, printer);
        return report.Equal ? ExitCodes.Ok : ExitCodes.VerificationFailed;
    }

    private static async Task<DiffReport> CompareAsync(ImageOrigin a, ImageOrigin b, Platform platform, CancellationToken cancellationToken)
    {
        var descriptorA = await a.Source.SelectPlatformAsync(a.Root, platform, cancellationToken).ConfigureAwait(false);
        var descriptorB = await b.Source.SelectPlatformAsync(b.Root, platform, cancellationToken).ConfigureAwait(false);
        var bytesA = await a.Source.ReadManifestAsync(descriptorA, cancellationToken).ConfigureAwait(false);
        var bytesB = await b.Source.ReadManifestAsync(descriptorB, cancellationToken).ConfigureAwait(false);
        var manifestA = OciJson.ReadManifest(bytesA.Span, descriptorA.Digest.ToString());
        var manifestB = OciJson.ReadManifest(bytesB.Span, descriptorB.Digest.ToString());

        var configA = await ReadConfigAsync(a.Source, manifestA.Config, cancellationToken).ConfigureAwait(false);
        var configB = await ReadConfigAsync(b.Source, manifestB.Config, cancellationToken).ConfigureAwait(false);
        // What the layers are is told as layers and files.
        var members = MemberComparison.Compare(configA, configB, "", "rootfs")
            .Concat(MemberComparison.Compare(bytesA, bytesB, "manifest.", "config", "layers")).ToArray();

        var layers = CompareLayers(manifestA.Layers, manifestB.Layers);
        var common = manifestA.Layers.Zip(manifestB.Layers).TakeWhile(pair => pair.First.Digest == pair.Second.Digest).Count();
        IReadOnlyList<FileDifference> files = [];
        if (common < Math.Max(manifestA.Layers.Count, manifestB.Layers.Count))
        {
            var options = new FlattenOptions { HashContents = true, SkippedLayers = common };
            files = FileComparison.Compare(
                await FlattenedFiles.ReadAsync(a.Source, manifestA.Layers, options, cancellationToken).ConfigureAwait(false),
                await FlattenedFiles.ReadAsync(b.Source, manifestB.Layers, options, cancellationToken).ConfigureAwait(false));
        }
        var sameLayers = common == manifestA.Layers.Count && common == manifestB.Layers.Count;
        return new DiffReport
        {
            A = "",
            B = "",
            DigestA = descriptorA.Digest.ToString(),
            DigestB = descriptorB.Digest.ToString(),
            Equal = members.Length == 0 && sameLayers,
            Members = members,
            Layers = layers,
            CommonLayers = common,
            Files = files,
        };
    }

    private static async Task<byte[]> ReadConfigAsync(IImageSource source, Descriptor descriptor, CancellationToken cancellationToken)
    {
        var bytes = await source.ReadSmallBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        // Checked here, compared as JSON: members that no type knows count too.
        _ = OciJson.ReadConfig(bytes, descriptor.Digest.ToString());
        return bytes;
    }

    private static List<LayerDifference> CompareLayers(IReadOnlyList<Descriptor> a, IReadOnlyList<Descriptor> b)
    {
        var unmatched = b.GroupBy(layer => layer.Digest).ToDictionary(group => group.Key, group => group.Count());
        var differences = new List<LayerDifference>();
        foreach (var layer in a)
        {
            var isSame = unmatched.GetValueOrDefault(layer.Digest) > 0;
            if (isSame) unmatched[layer.Digest]--;
            differences.Add(new LayerDifference(isSame ? "same" : "removed", layer.Digest.ToString(), layer.Size));
        }
        foreach (var layer in b)
        {
            if (unmatched[layer.Digest]-- > 0) differences.Add(new LayerDifference("added", layer.Digest.ToString(), layer.Size));
        }
        return differences;
    }
}
