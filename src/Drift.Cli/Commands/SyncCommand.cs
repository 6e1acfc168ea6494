// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift sync FILE</c></summary>
internal sealed class SyncCommand : Command
{
    private const int MaximumJobs = 64;
    private readonly Argument<string> _file = new("FILE") { Description = "What is to be the same in two places, as YAML; drift schema sync prints its schema" };
    private readonly Option<bool> _check = new("--check") { Description = "Change nothing; exit with 7 when something differs" };
    private readonly Option<int> _jobs = new("--jobs", "-j") { Description = "How many images travel at once", HelpName = "N", DefaultValueFactory = static _ => 2 };

    public SyncCommand(CliHost host)
        : base("sync", "Make images the same in two places, as a file lists them; what failed is tried again by running it again")
    {
        Arguments.Add(_file);
        Options.Add(_check);
        Options.Add(_jobs);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var jobs = result.GetValue(_jobs);
        if (jobs is < 1 or > MaximumJobs) throw new DriftException(ErrorCode.InvalidSetting, $"--jobs {jobs} is not possible.", $"Give --jobs a number from 1 to {MaximumJobs}.");
        var file = result.GetRequiredValue(_file);
        var entries = SyncFile.Read(file);
        var (registries, printer) = (host.Registries(result), host.Printer(result));
        using var progress = host.Progress(result);
        var done = new ConcurrentDictionary<int, (SyncedImage Image, ErrorCode? Error)>();
        var images = new List<ImageSync>();
        var number = 0;
        foreach (var entry in entries)
        {
            try
            {
                images.AddRange(await ListAsync(entry, registries, cancellationToken).ConfigureAwait(false));
            }
            catch (DriftException e)
            {
                // The other repositories are not to blame.
                done[--number] = (Failed(entry.Source, entry.Target, e), e.Code);
            }
        }
        var options = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(images.Index(), options, async (item, token) =>
        {
            var (source, target) = (item.Item.Source.ToString(), item.Item.Target.ToString());
            try
            {
                var (state, digest) = await item.Item.RunAsync(registries, result.GetValue(_check), new ImageProgress(progress, item.Index), token).ConfigureAwait(false);
                done[item.Index] = (new SyncedImage(source, target, state.ToString().ToLowerInvariant(), digest.ToString(), null), null);
            }
            catch (DriftException e)
            {
                done[item.Index] = (Failed(source, target, e), e.Code);
            }
        }).ConfigureAwait(false);
        progress.Dispose();
        var all = done.OrderBy(image => image.Key).Select(image => image.Value).ToArray();
        Print(file, [.. all.Select(image => image.Image)], printer);
        if (all.FirstOrDefault(image => image.Error is not null).Error is { } error) return ExitCodes.Of(error);
        return all.Any(image => image.Image.State == "different") ? ExitCodes.VerificationFailed : ExitCodes.Ok;
    }

    /// <summary>The images of an entry: one that is named, or those of a repository's tags that are selected.</summary>
    private static async Task<IEnumerable<ImageSync>> ListAsync(SyncEntry entry, RegistryClient registries, CancellationToken cancellationToken)
    {
        var (source, target) = (ImageLocation.Parse(entry.Source), ImageLocation.Parse(entry.Target));
        if (source.NamesImage)
        {
            if (!target.NamesImage && source.Reference is { Tag: null }) throw new DriftException(ErrorCode.InvalidProject, $"{entry.Position}: The source is named by its digest, so the target needs a tag.", "Write target: HOST/NAME:TAG.");
            return [Sync(source, target.NamesImage ? target : With(target, source.Reference?.Tag?.ToString() ?? source.Name!))];
        }
        if (target.NamesImage) throw new DriftException(ErrorCode.InvalidProject, $"{entry.Position}: The source has many tags, and the target names one.", "Write the target without a tag, or the source with one.");
        // Lists of referrers are made anew by whoever copies what they list.
        var tags = entry.Tags.Select((await ImageSync.ListTagsAsync(source, registries, cancellationToken).ConfigureAwait(false)).Where(tag => !Referrer.IsTag(tag)));
        return tags.Select(tag => Sync(With(source, tag), With(target, tag)));

        ImageSync Sync(ImageLocation from, ImageLocation to) => new(from, to) { Platforms = entry.Platforms, Referrers = entry.Referrers };
    }

    private static ImageLocation With(ImageLocation repository, string tag) => ImageLocation.Parse($"{repository}:{tag}");

    private static SyncedImage Failed(string source, string target, DriftException e) => new(source, target, "failed", null, new ErrorReport($"DRIFT{(int)e.Code}", e.Message, e.Hint));

    private static void Print(string file, IReadOnlyList<SyncedImage> images, Printer printer)
    {
        int Count(string state) => images.Count(image => image.State == state);
        var report = new SyncReport(file, Count("unchanged"), Count("copied"), Count("different"), Count("failed"), images);
        printer.Result(report, static () => OutputJsonContext.Default.SyncReport, () =>
        {
            var table = new TextTable("STATE", "SOURCE", "TARGET");
            foreach (var image in images.Where(image => image.State != "unchanged")) table.Add(image.State, image.Source, image.Target);
            if (report.Unchanged < images.Count) table.Print(printer);
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"{report.Unchanged} unchanged, {report.Copied} copied, {report.Different} different, {report.Failed} failed"));
        });
        if (printer.IsJson) return;
        foreach (var problem in images.Select(image => image.Problem).OfType<ErrorReport>()) printer.Error(problem.Error, problem.Message, problem.Hint);
    }

    /// <summary>Tells the blobs of one image from those of the others that travel meanwhile.</summary>
    private sealed class ImageProgress(IProgress<BlobProgress> all, int image) : IProgress<BlobProgress>
    {
        private const int MostBlobs = 1 << 16;

        public void Report(BlobProgress value) => all.Report(value with { Number = unchecked((image * MostBlobs) + value.Number) });
    }
}
