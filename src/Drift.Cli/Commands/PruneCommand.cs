// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift prune REPOSITORY|oci:DIR</c></summary>
internal sealed class PruneCommand : Command
{
    private readonly Argument<string> _repository = new("REPOSITORY") { Description = "A repository in a registry, for example ghcr.io/me/site, or oci:DIR" };
    private readonly Option<int?> _keep = new("--keep") { Description = "Keep the N latest versions of the tags that --match fits", HelpName = "N" };
    private readonly TimeOption _olderThan = new("--older-than", "Delete only images that were made longer ago; those whose age is not known stay");
    private readonly Option<string?> _match = new("--match") { Description = "Delete only tags that this pattern of * and ? fits", HelpName = "PATTERN" };
    private readonly Option<bool> _untagged = new("--untagged") { Description = "Delete also images without a tag, which a layout lists and a registry does not" };
    private readonly Option<string[]> _protect = new("--protect") { Description = "Keep the image with this digest and all that it needs, whatever the rules say: what is deployed; may be given several times", HelpName = "DIGEST" };
    private readonly Option<string?> _package = new("--github-package") { Description = "The container package at GitHub that the repository is; its API lists what has no tag, and deletes [default: that of ghcr.io/OWNER/NAME]", HelpName = "OWNER/NAME" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Delete; without it, only the plan is printed" };

    public PruneCommand(CliHost host)
        : base("prune", "Delete images by rules, and never what a tag that stays needs; prints its plan, and changes nothing without --yes")
    {
        Arguments.Add(_repository);
        Options.Add(_keep);
        Options.Add(_olderThan);
        Options.Add(_match);
        Options.Add(_untagged);
        Options.Add(_protect);
        Options.Add(_package);
        Options.Add(_yes);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var rules = new PruneRules { Keep = result.GetValue(_keep), OlderThan = result.GetValue(_olderThan), Match = result.GetValue(_match), Untagged = result.GetValue(_untagged), Protected = [.. (result.GetValue(_protect) ?? []).Select(Digest.Parse)] };
        if (rules is { Keep: null, OlderThan: null, Match: null, Untagged: false }) throw new DriftException(ErrorCode.InvalidSetting, "No rule says what may go.", "Give --keep, --older-than, --match or --untagged.");
        if (rules.Keep < 0) throw new DriftException(ErrorCode.InvalidSetting, $"--keep {rules.Keep} is not possible.", "Give --keep a number from 0.");
        var location = ImageLocation.Parse(result.GetRequiredValue(_repository));
        var now = TimeProvider.System.GetUtcNow();
        var printer = host.Printer(result);
        using var package = PackageOf(result, location, host);
        var plan = location switch
        {
            { NamesImage: false, Reference: { } reference } when package is not null => await PrunePlan.MakeAsync(host.Registries(result).Open(reference), package, rules, now, cancellationToken).ConfigureAwait(false),
            { NamesImage: false, Reference: { } reference } => await PrunePlan.MakeAsync(host.Registries(result).Open(reference), rules, now, cancellationToken).ConfigureAwait(false),
            { NamesImage: false, Transport: ImageTransport.OciLayout } => await PrunePlan.MakeAsync(OciLayout.Open(location.Path), rules, now, cancellationToken).ConfigureAwait(false),
            _ => throw new DriftException(ErrorCode.NotSupported, $"{location} is neither a repository in a registry nor a layout.", "Write HOST/NAME without a tag, or oci:DIR."),
        };
        if (rules.Untagged && location.Transport == ImageTransport.Registry && package is null) printer.Step("note: a registry does not list images without a tag; only its own garbage collection finds them");
        var yes = result.GetValue(_yes);
        // The plan is seen before anything goes.
        if (!printer.IsJson) Print(plan, printer);
        if (yes) await plan.ApplyAsync(cancellationToken).ConfigureAwait(false);
        var report = new PruneReport(location.ToString(), yes, [.. plan.Items.Select(item => new PrunedItem(item.IsDeleted ? "delete" : "keep", item.Tag, item.Digest.ToString(), item.Created?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), item.Size, item.Reason))]);
        printer.Result(report, static () => OutputJsonContext.Default.PruneReport, () =>
        {
            var (tags, others) = (plan.Items.Count(item => item is { IsDeleted: true, Tag: not null }), plan.Items.Count(item => item is { IsDeleted: true, Tag: null }));
            var next = !yes ? "; run it again with --yes to delete" : location.Transport == ImageTransport.OciLayout ? $"; drift gc {location.Path} frees the space" : package is not null ? "; GitHub keeps them for 30 days, to be restored" : "; the registry's garbage collection frees the space";
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"{(yes ? "deleted" : "would delete")} {tags} tags and {others} manifests without one{(tags + others > 0 ? next : "")}"));
        });
        return ExitCodes.Ok;
    }

    /// <summary>The package at GitHub that a repository is; null for any other.</summary>
    private GitHubPackage? PackageOf(ParseResult result, ImageLocation location, CliHost host)
    {
        var named = result.GetValue(_package) ?? (location.Reference is { Host: "ghcr.io" } reference ? reference.Repository.ToString() : null);
        return named is null ? null : GitHubPackage.Open(GitHubSettings.Open(host, needsToken: true), named);
    }

    private static void Print(PrunePlan plan, Printer printer)
    {
        var table = new TextTable("", "TAG", "DIGEST", "CREATED", ">SIZE", "WHY");
        foreach (var item in plan.Items)
        {
            table.Add(item.IsDeleted ? "delete" : "keep", item.Tag ?? "-", item.Digest.Hex[..12], item.Created?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-", item.Size.ToString("N0", CultureInfo.InvariantCulture) + " B", item.Reason);
        }
        if (plan.Items.Count > 0) table.Print(printer);
    }
}
