// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.IO.Enumeration;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift tags REPOSITORY|oci:DIR</c></summary>
internal sealed class TagsCommand : Command
{
    private readonly Argument<string> _repository = new("REPOSITORY") { Description = "A repository in a registry, for example ghcr.io/me/site, or oci:DIR" };
    private readonly Option<string?> _filter = new("--filter") { Description = "List only tags that this pattern of * and ? fits", HelpName = "PATTERN" };
    private readonly Option<int?> _last = new("--last") { Description = "List only the N latest versions", HelpName = "N" };

    public TagsCommand(CliHost host)
        : base("tags", "List tags, ordered as versions: 1.9, 1.10-rc1, 1.10")
    {
        Arguments.Add(_repository);
        Options.Add(_filter);
        Options.Add(_last);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_last) is <= 0) throw new DriftException(ErrorCode.InvalidSetting, $"--last {result.GetValue(_last)} lists nothing.", "Give --last a number from 1.");
        var location = ImageLocation.Parse(result.GetRequiredValue(_repository));
        var filter = result.GetValue(_filter);
        var tags = new List<string>();
        await foreach (var tag in ListAsync(location, host.Registries(result), cancellationToken).ConfigureAwait(false))
        {
            if (filter is null || FileSystemName.MatchesSimpleExpression(filter, tag, ignoreCase: false)) tags.Add(tag);
        }
        tags.Sort(TagOrder.Instance);
        if (result.GetValue(_last) is { } last && tags.Count > last) tags.RemoveRange(0, tags.Count - last);
        var printer = host.Printer(result);
        printer.Result(new TagsReport(location.ToString(), tags), static () => OutputJsonContext.Default.TagsReport, () =>
        {
            foreach (var tag in tags) printer.Line(tag);
        });
        return ExitCodes.Ok;
    }

    private static async IAsyncEnumerable<string> ListAsync(ImageLocation location, RegistryClient registries, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (location is { NamesImage: false, Reference: { } reference })
        {
            await foreach (var tag in registries.Open(reference).ListTagsAsync(cancellationToken).ConfigureAwait(false)) yield return tag.ToString();
        }
        else if (location is { NamesImage: false, Transport: ImageTransport.OciLayout })
        {
            foreach (var tag in await OciLayout.Open(location.Path).ListTagsAsync(cancellationToken).ConfigureAwait(false)) yield return tag;
        }
        else
        {
            throw new DriftException(ErrorCode.NotSupported, $"{location} is neither a repository in a registry nor a layout.", "Write HOST/NAME without a tag, or oci:DIR.");
        }
    }
}
