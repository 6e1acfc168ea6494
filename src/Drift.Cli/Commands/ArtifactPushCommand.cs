// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift artifact push DEST FILE…</c></summary>
internal sealed class ArtifactPushCommand : Command
{
    private readonly Argument<string> _destination = new("DEST") { Description = "A reference in a registry, oci:DIR[:TAG] or oci-archive:FILE[:TAG]; with --subject, one without a tag gets none" };
    private readonly Argument<string[]> _files = new("FILE[:TYPE]") { Description = "Files and folders by relative paths, each with its media type if it has one [default: that of a tar]", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _artifactType = new("--artifact-type") { Description = $"What the artifact is, as a media type [default: that of the config, or {Artifact.UnknownType}]", HelpName = "TYPE" };
    private readonly Option<string?> _subject = new("--subject") { Description = "The image that the artifact is about: in the repository or layout that it goes to", HelpName = "IMAGE" };
    private readonly Option<string[]> _annotations = new("--annotation") { Description = "A fact about the artifact; may be given several times", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _config = new("--config") { Description = "A file to use as the config, with its media type", HelpName = "FILE:TYPE" };

    public ArtifactPushCommand(CliHost host)
        : base("push", "Push files and folders as an artifact, which may be about an image: drift referrers lists it there")
    {
        Arguments.Add(_destination);
        Arguments.Add(_files);
        Options.Add(_artifactType);
        Options.Add(_subject);
        Options.Add(_annotations);
        Options.Add(_config);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_destination));
        if (location.Transport is not (ImageTransport.Registry or ImageTransport.OciLayout or ImageTransport.OciArchive)) throw new DriftException(ErrorCode.NotSupported, $"{location} has no place for artifacts.", "Push to a registry, oci:DIR or oci-archive:FILE.");
        var files = (result.GetValue(_files) ?? []).Select(Parse).ToArray();
        if (files.Length == 0 && result.GetValue(_config) is null && result.GetValue(_artifactType) is null) throw new DriftException(ErrorCode.InvalidSetting, "There is nothing to push.", "Name files, or an --artifact-type whose annotations say it all.");
        var artifact = new Artifact
        {
            Files = files,
            ArtifactType = result.GetValue(_artifactType),
            Config = result.GetValue(_config) is { } config ? Parse(config) : null,
            Annotations = (result.GetValue(_annotations) ?? []).Select(ParseAnnotation).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            Subject = result.GetValue(_subject) is { } subject ? await ResolveAsync(ImageLocation.Parse(subject), location, host.Registries(result), cancellationToken).ConfigureAwait(false) : null,
        };
        var destination = await ImageDestination.OpenAsync(location, null, host.Registries(result), cancellationToken).ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        using var progress = host.Progress(result);
        var root = await artifact.PackAsync(new ProgressSink(destination.Sink, progress), cancellationToken: cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        // What is about an image is found by it, and needs no name.
        if (artifact.Subject is null || location.NamesImage || location.Transport == ImageTransport.OciArchive) await destination.CompleteAsync(root, cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        var report = new ArtifactReport(location.ToString(), root.Digest.ToString(), artifact.Subject?.Digest.ToString(), [.. files.Select(file => file.Title)]);
        printer.Result(report, static () => OutputJsonContext.Default.ArtifactReport, () =>
        {
            printer.Line(report.Location);
            printer.Line(report.Digest);
        });
        return ExitCodes.Ok;
    }

    private static async Task<Descriptor> ResolveAsync(ImageLocation subject, ImageLocation destination, RegistryClient registries, CancellationToken cancellationToken)
    {
        if (subject.Reference is { } from && destination.Reference is { } to && (from.Host != to.Host || from.Repository != to.Repository))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{subject} is in another repository than {destination}, where nobody would find what refers to it.", $"Push to {from.Host}/{from.Repository}.");
        }
        var origin = await ImageOrigin.OpenAsync(subject, registries, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        return origin.Root;
    }

    /// <summary>A name may have a colon in it; what follows the last one is the type where there is no such file.</summary>
    private static ArtifactFile Parse(string text)
    {
        var colon = File.Exists(text) || Directory.Exists(text) ? -1 : text.LastIndexOf(':');
        var (path, type) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        var title = string.Join('/', path.TrimEnd('/').Split('/').Where(static part => part != "."));
        return new ArtifactFile(path, title, string.IsNullOrEmpty(type) ? null : type);
    }

    private static KeyValuePair<string, string> ParseAnnotation(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        ? new KeyValuePair<string, string>(text[..equals], text[(equals + 1)..])
        : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is not an annotation.", "Write --annotation as NAME=VALUE.");
}
