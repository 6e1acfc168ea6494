// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift tag IMAGE TAG…</c></summary>
internal sealed class TagCommand : Command
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "An image in a registry, or oci:DIR:TAG" };
    private readonly Argument<string[]> _tags = new("TAG") { Description = "The tags that it gets; they move from the images that had them", Arity = ArgumentArity.OneOrMore };

    public TagCommand(CliHost host)
        : base("tag", "Give an image more tags, where it is")
    {
        Arguments.Add(_image);
        Arguments.Add(_tags);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_image));
        // All of them are looked at before the first is set.
        var tags = result.GetRequiredValue(_tags).Select(tag => Tag.Parse(tag).ToString()).ToArray();
        var (root, tagAsync) = await ResolveAsync(location, host.Registries(result), cancellationToken).ConfigureAwait(false);
        foreach (var tag in tags) await tagAsync(tag).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new TagReport(location.ToString(), root.Digest.ToString(), tags), static () => OutputJsonContext.Default.TagReport, () => printer.Line(root.Digest.ToString()));
        return ExitCodes.Ok;
    }

    private static async Task<(Descriptor Root, Func<string, Task> TagAsync)> ResolveAsync(ImageLocation location, RegistryClient registries, CancellationToken cancellationToken)
    {
        if (location is { Transport: ImageTransport.Registry, Reference: { } reference })
        {
            var repository = registries.Open(reference);
            var root = await repository.ResolveAsync(reference.Target, cancellationToken).ConfigureAwait(false);
            return (root, tag => repository.TagAsync(root, tag, cancellationToken));
        }
        if (location.Transport == ImageTransport.OciLayout)
        {
            var layout = OciLayout.Open(location.Path);
            var root = await layout.ResolveAsync(location.Name, cancellationToken).ConfigureAwait(false);
            return (root, tag => layout.TagAsync(root, tag, cancellationToken));
        }
        throw new DriftException(ErrorCode.NotSupported, $"{location} has no tags of its own.", "Name an image in a registry, or in a layout as oci:DIR:TAG.");
    }
}
