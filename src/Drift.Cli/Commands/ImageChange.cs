// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;
using Spectre.Console;

namespace Drift.Cli;

/// <summary>Changes an image, on every platform of an index: what <c>append</c>, <c>mutate</c>, <c>rebase</c> and <c>flatten</c> share.</summary>
internal sealed class ImageChange
{
    private readonly Argument<string> _source = new("SOURCE") { Description = "The image: a reference, oci:DIR[:TAG], oci-archive:FILE or docker-archive:FILE" };
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Where to: oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE[:NAME:TAG], or a reference for a registry",
        HelpName = "DEST",
        Required = true,
    };
    private readonly Option<string[]> _platforms = new("--platform")
    {
        Description = "Keep only this platform of an index; may be given several times [default: all]",
        HelpName = "OS/ARCH",
    };

    private readonly CompressionOption _compression = new();

    public void AddTo(Command command)
    {
        command.Arguments.Add(_source);
        command.Options.Add(_output);
        command.Options.Add(_platforms);
        command.Options.Add(_compression);
    }

    public async Task<int> RunAsync(ParseResult result, CliHost host, Func<Image, Task<Image>> change, CancellationToken cancellationToken)
    {
        var from = ImageLocation.Parse(result.GetRequiredValue(_source));
        var to = ImageLocation.Parse(result.GetRequiredValue(_output));
        var platforms = (result.GetValue(_platforms) ?? []).Select(Platform.Parse).ToArray();
        var options = new PackOptions { Epoch = ImageBuild.SourceDateEpoch(host), Compression = result.GetRequiredValue(_compression) };

        var origin = await ImageOrigin.OpenAsync(from, cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        // Everything that can be refused is refused before the destination is touched.
        Func<IImageSink, Task<Descriptor>> pack;
        if (MediaTypes.IsIndex(origin.Root.MediaType))
        {
            var index = await MultiPlatformImage.FromAsync(origin.Source, origin.Root, cancellationToken).ConfigureAwait(false);
            if (platforms.Length > 0) index = index.WithPlatforms(platforms);
            var changed = new Dictionary<Image, Image>();
            foreach (var image in index.Images) changed[image] = await change(image).ConfigureAwait(false);
            index = index.WithEach(image => changed[image]);
            pack = async sink => (await index.PackAsync(sink, options, cancellationToken).ConfigureAwait(false)).Descriptor;
        }
        else
        {
            var image = await change(await Image.FromAsync(origin.Source, origin.Root, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            pack = async sink => (await image.PackAsync(sink, options, cancellationToken).ConfigureAwait(false)).Descriptor;
        }

        var destination = await ImageDestination.OpenAsync(to, platforms is [var only] ? only : null, cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        var root = await pack(destination.Sink).ConfigureAwait(false);
        await destination.CompleteAsync(root, cancellationToken).ConfigureAwait(false);
        var report = new TransferReport(from.ToString(), to.ToString(), root.Digest.ToString());
        host.Printer(result).Result(report, OutputJsonContext.Default.TransferReport, console =>
        {
            console.WriteLine(report.Destination);
            console.WriteLine(report.Digest);
        });
        return ExitCodes.Ok;
    }
}
