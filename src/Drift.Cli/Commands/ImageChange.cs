// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Changes an image, on every platform of an index: what <c>append</c>, <c>mutate</c>, <c>rebase</c> and <c>flatten</c> share.</summary>
internal sealed class ImageChange
{
    // Docker reserves the name for this, too.
    private const string Scratch = "scratch";
    private readonly Argument<string> _source = new("SOURCE") { Description = $"The image: {CommonOptions.Sources}; or scratch for an image without layers" };
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = CommonOptions.Destinations,
        HelpName = "DEST",
        Required = true,
    };
    private readonly Option<string[]> _platforms = new("--platform")
    {
        Description = "Keep only this platform of an index, or make scratch for it; may be given several times [default: all; of scratch, this machine's]",
        HelpName = "OS/ARCH",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_source);
        command.Options.Add(_output);
        command.Options.Add(_platforms);
        PackSettings.AddTo(command);
    }

    public async Task<int> RunAsync(ParseResult result, CliHost host, Func<Image, Task<Image>> change, CancellationToken cancellationToken)
    {
        var source = result.GetRequiredValue(_source);
        var from = source == Scratch ? null : ImageLocation.Parse(source);
        var to = ImageLocation.Parse(result.GetRequiredValue(_output));
        var platforms = (result.GetValue(_platforms) ?? []).Select(Platform.Parse).Distinct().ToArray();
        using var settings = new PackSettings(result, host);

        var origin = from is null ? null : await ImageOrigin.OpenAsync(from, settings.RegistriesFor(from), settings.Cache, cancellationToken).ConfigureAwait(false);
        await using var _ = (origin ?? (IAsyncDisposable)Stream.Null).ConfigureAwait(false);
        // Everything that can be refused is refused before the destination is touched.
        var pack = await PlanAsync(origin, platforms, change, settings.Options, cancellationToken).ConfigureAwait(false);

        var destination = await ImageDestination.OpenAsync(to, platforms is [var only] ? only : null, settings.RegistriesFor(to), cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        using var progress = settings.Progress();
        var root = await pack(new ProgressSink(destination.Sink, progress)).ConfigureAwait(false);
        progress.Dispose();
        await destination.CompleteAsync(root, cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        var report = new TransferReport(source, to.ToString(), root.Digest.ToString());
        printer.Result(report, static () => OutputJsonContext.Default.TransferReport, () =>
        {
            printer.Line(report.Destination);
            printer.Line(report.Digest);
        });
        return ExitCodes.Ok;
    }

    private static async Task<Func<IImageSink, Task<Descriptor>>> PlanAsync(ImageOrigin? origin, Platform[] platforms, Func<Image, Task<Image>> change, PackOptions options, CancellationToken cancellationToken)
    {
        if (origin is null ? platforms.Length <= 1 : !MediaTypes.IsIndex(origin.Root.MediaType))
        {
            var image = origin is null
                ? Image.Scratch(platforms is [var named] ? named : Platform.ThisMachine)
                : await Image.FromAsync(origin.Source, origin.Root, cancellationToken).ConfigureAwait(false);
            image = await change(image).ConfigureAwait(false);
            return async sink => (await image.PackAsync(sink, options, cancellationToken).ConfigureAwait(false)).Descriptor;
        }
        var index = origin is null
            ? new MultiPlatformImage(platforms.Select(Image.Scratch))
            : await MultiPlatformImage.FromAsync(origin.Source, origin.Root, cancellationToken).ConfigureAwait(false);
        if (origin is not null && platforms.Length > 0) index = index.WithPlatforms(platforms);
        var changed = new Dictionary<Image, Image>();
        foreach (var image in index.Images) changed[image] = await change(image).ConfigureAwait(false);
        index = index.WithEach(image => changed[image]);
        return async sink => (await index.PackAsync(sink, options, cancellationToken).ConfigureAwait(false)).Descriptor;
    }
}
