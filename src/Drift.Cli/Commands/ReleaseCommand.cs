// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift release VERSION [DIR]</c></summary>
internal sealed class ReleaseCommand : Command
{
    private readonly Argument<string> _version = new("VERSION") { Description = "The version: 1.2.3, or 1.2.3-rc.1 for a pre-release; a v before it is allowed" };
    private readonly RecipeChoice _recipe = new();
    private readonly Option<string?> _repository = new("--repository") { Description = "Where the image goes, without a tag [default: ghcr.io/OWNER/NAME of the repository at GitHub]", HelpName = "REF" };
    private readonly Option<string?> _changelog = new("--changelog") { Description = "What users get, with a heading for the version [default: CHANGELOG.md in the repository's root]", HelpName = "FILE" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The folder that the programs and SHA256SUMS are written to", HelpName = "DIR", DefaultValueFactory = static _ => Path.Combine("artifacts", "release") };
    private readonly Option<string?> _gitHub = new("--github") { Description = "The repository at GitHub that the release is made in [default: that of the remote origin; none without one]", HelpName = "OWNER/NAME" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check and build everything, write the files, and change nothing anywhere else" };

    public ReleaseCommand(CliHost host)
        : base("release", "Release a version: check it, push its image and tags, and publish its programs at GitHub; goes on where an earlier run stopped")
    {
        Arguments.Add(_version);
        _recipe.AddTo(this);
        Options.Add(_repository);
        Options.Add(_changelog);
        Options.Add(_output);
        Options.Add(_gitHub);
        Options.Add(_dryRun);
        PackSettings.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var version = ReleaseVersion.Parse(result.GetRequiredValue(_version));
        var isDry = result.GetValue(_dryRun);
        var printer = host.Printer(result);
        using var settings = new PackSettings(result, host);
        var bases = new BaseImages(settings);
        await using var _ = bases.ConfigureAwait(false);
        var recipe = _recipe.Of(result, host, bases, git: true);
        var commit = await SourceCommit.ReadAsync(recipe.Directory, countsUnknown: true, cancellationToken).ConfigureAwait(false);
        if (commit.IsChanged) throw new DriftException(ErrorCode.InvalidSetting, $"{commit.Root} has changes that no commit holds.", "Commit them, or put them away, for example with git stash --include-untracked: a release is made of a commit.");
        var notes = new ReleaseNotes(version, commit.Revision, await Changelog.ReadAsync(result.GetValue(_changelog) ?? Path.Combine(commit.Root, "CHANGELOG.md"), version, cancellationToken).ConfigureAwait(false));
        var gitHub = result.GetValue(_gitHub) is { } named ? GitHubRepository.Parse(named) : GitHubRepository.Of(commit.Address);
        var reference = ReferenceOf(result.GetValue(_repository), gitHub);
        using var client = gitHub is null ? null : GitHubSettings.Open(host, needsToken: !isDry);
        var releases = client is null ? null : new GitHubReleases(client, gitHub!);
        if (releases is not null)
        {
            var state = await releases.ReadAsync(version, commit.Revision, cancellationToken).ConfigureAwait(false);
            printer.Step($"{version.Tag} of {gitHub}: {state switch { ReleaseState.Absent => "not released yet", ReleaseState.Draft => "a draft of an earlier run", _ => "published" }}");
        }
        else
        {
            printer.Step("no release at GitHub: the remote origin is not there; --github names a repository");
        }

        using var folder = TemporaryDirectory.Create();
        printer.Step($"building {recipe.Description} of {commit.Revision[..Math.Min(12, commit.Revision.Length)]}");
        var (index, platforms, _) = await ImageBuild.RunAsync(recipe, [], ImageLocation.Parse("oci:" + folder.Path), settings, cancellationToken, version.ToString()).ConfigureAwait(false);
        var layout = OciLayout.Open(folder.Path);
        var repository = host.Registries(result).Open(reference);
        var moved = await CheckTagsAsync(repository, reference, version, index.Descriptor.Digest, cancellationToken).ConfigureAwait(false);
        var assets = await ReleaseFiles.WriteAsync(layout, index, reference.Repository.ToString().Split('/')[^1], result.GetRequiredValue(_output), cancellationToken).ConfigureAwait(false);

        string? page = null;
        if (!isDry)
        {
            printer.Step($"pushing {reference}:{version.Tag}");
            using (var progress = host.Progress(result)) await ImageCopy.CopyAsync(layout, index.Descriptor, new ProgressSink(repository, progress), cancellationToken: cancellationToken).ConfigureAwait(false);
            await repository.TagAsync(index.Descriptor, version.Tag, cancellationToken).ConfigureAwait(false);
            if (releases is not null) page = await releases.PublishAsync(notes, assets, moved.Contains(ReleaseTags.Latest, StringComparer.Ordinal), new StepProgress(printer), cancellationToken).ConfigureAwait(false);
            // Whoever follows these gets the version once all of it is there.
            foreach (var tag in moved) await repository.TagAsync(index.Descriptor, tag, cancellationToken).ConfigureAwait(false);
        }
        var report = new ReleaseReport(version.ToString(), commit.Revision, $"{reference}:{version.Tag}", index.Descriptor.Digest.ToString(), [version.Tag, .. moved], [.. assets.Select(asset => new ReleasedFile(asset.Name, asset.Size, asset.Digest.ToString()))], page, isDry);
        printer.Result(report, static () => OutputJsonContext.Default.ReleaseReport, () => Print(report, platforms, notes, printer));
        return ExitCodes.Ok;
    }

    private static ImageReference ReferenceOf(string? named, GitHubRepository? gitHub)
    {
        if (named is null && gitHub is null) throw new DriftException(ErrorCode.InvalidSetting, "Nothing says where the image goes: the remote origin is not at GitHub.", "Give --repository, for example ghcr.io/me/site.");
        var location = ImageLocation.Parse(named ?? $"ghcr.io/{gitHub!.ToString().ToLowerInvariant()}");
        return location is { NamesImage: false, Reference: { } reference }
            ? reference with { Tag = null }
            : throw new DriftException(ErrorCode.InvalidReference, $"{location} is not a repository in a registry, without a tag: the version is the tag.", "Give --repository as HOST/NAME, for example ghcr.io/me/site.");
    }

    /// <summary>The version's own tag must be free, or be this very image; returns the tags that will move.</summary>
    private static async Task<IReadOnlyList<string>> CheckTagsAsync(Repository repository, ImageReference reference, ReleaseVersion version, Digest built, CancellationToken cancellationToken)
    {
        if (await repository.FindDigestAsync(version.Tag, cancellationToken).ConfigureAwait(false) is { } there && there != built)
        {
            throw new DriftException(ErrorCode.ContentMismatch, $"{reference}:{version.Tag} is {there}, and this commit builds {built}.", "Take the next version: what was released does not change.");
        }
        var tags = new List<string>();
        try
        {
            await foreach (var tag in repository.ListTagsAsync(cancellationToken).ConfigureAwait(false)) tags.Add(tag.ToString());
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotFound)
        {
            // The first image makes the repository.
        }
        return ReleaseTags.MovedBy(version, tags);
    }

    private static void Print(ReleaseReport report, IReadOnlyList<PlatformReport> platforms, ReleaseNotes notes, Printer printer)
    {
        if (report.DryRun) printer.Line("Nothing was changed; without --dry-run this is released:");
        printer.Line($"{report.Image}@{report.Digest}");
        printer.Line($"tags: {string.Join(", ", report.Tags)}");
        PlatformTable.Print(platforms, printer);
        if (report.Files.Count > 0)
        {
            var table = new TextTable("file", ">size", "SHA-256");
            foreach (var file in report.Files) table.Add(file.Name, file.Size.ToString("N0", CultureInfo.InvariantCulture) + " B", file.Digest["sha256:".Length..]);
            table.Print(printer);
        }
        if (report.DryRun) foreach (var line in notes.Text.Split('\n')) printer.Line(line);
        if (report.Page is not null) printer.Line(report.Page);
    }
}
