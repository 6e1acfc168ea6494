// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift referrers IMAGE</c></summary>
internal sealed class ReferrersCommand : Command
{
    private const int MaximumReferrers = 10_000;
    private readonly Argument<string> _image = new("IMAGE") { Description = "A reference in a registry, oci:DIR[:TAG] or oci-archive:FILE" };
    private readonly Option<string?> _artifactType = new("--artifact-type") { Description = "List only artifacts of this type", HelpName = "TYPE" };
    private readonly Option<bool> _tree = new("--tree") { Description = "List also what refers to the referrers, as a tree" };
    private readonly Option<string?> _platform = new("--platform") { Description = "What refers to the image of this platform, not to the index", HelpName = "OS/ARCH" };

    public ReferrersCommand(CliHost host)
        : base("referrers", "List what refers to an image: signatures, SBOMs and other artifacts")
    {
        Arguments.Add(_image);
        Options.Add(_artifactType);
        Options.Add(_tree);
        Options.Add(_platform);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var location = ImageLocation.Parse(result.GetRequiredValue(_image));
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var root = result.GetValue(_platform) is { } platform ? await origin.Source.SelectPlatformAsync(origin.Root, Platform.Parse(platform), cancellationToken).ConfigureAwait(false) : origin.Root;
        var isTree = result.GetValue(_tree);
        var referrers = await ListAsync((IReferrerSource)origin.Source, root.Digest, result.GetValue(_artifactType), isTree, [root.Digest], cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new ReferrersReport(location.ToString(), root.Digest.ToString(), referrers), static () => OutputJsonContext.Default.ReferrersReport, () =>
        {
            if (isTree)
            {
                printer.Line($"{location}  {root.Digest}");
                PrintTree(printer, referrers, "");
                return;
            }
            var table = new TextTable("TYPE", "DIGEST", ">SIZE");
            foreach (var referrer in referrers) table.Add(Type(referrer), referrer.Digest, Size(referrer));
            table.Print(printer);
        });
        return ExitCodes.Ok;
    }

    // What was listed already is told: a registry may lie about what refers to what.
    private static async Task<IReadOnlyList<ReferrerNode>> ListAsync(IReferrerSource source, Digest subject, string? artifactType, bool isTree, HashSet<Digest> seen, CancellationToken cancellationToken)
    {
        var nodes = new List<ReferrerNode>();
        foreach (var referrer in await source.ListReferrersAsync(subject, artifactType, cancellationToken).ConfigureAwait(false))
        {
            if (!seen.Add(referrer.Digest)) continue;
            if (seen.Count > MaximumReferrers) throw new DriftException(ErrorCode.NotSupported, $"More than {MaximumReferrers} manifests refer to this image, or to what refers to it.", "List them without --tree, one level at a time.");
            var below = isTree ? await ListAsync(source, referrer.Digest, artifactType, isTree, seen, cancellationToken).ConfigureAwait(false) : null;
            nodes.Add(new ReferrerNode(referrer.Digest.ToString(), referrer.MediaType, referrer.ArtifactType, referrer.Size, referrer.Annotations, below));
        }
        return nodes;
    }

    private static void PrintTree(Printer printer, IReadOnlyList<ReferrerNode> nodes, string indent)
    {
        foreach (var node in nodes)
        {
            var isLast = node == nodes[^1];
            printer.Line($"{indent}{(isLast ? "└─ " : "├─ ")}{Type(node)}  {node.Digest}  {Size(node)}");
            PrintTree(printer, node.Referrers ?? [], indent + (isLast ? "   " : "│  "));
        }
    }

    private static string Type(ReferrerNode node) => node.ArtifactType is { Length: > 0 } type ? type : node.MediaType;

    private static string Size(ReferrerNode node) => node.Size.ToString("N0", CultureInfo.InvariantCulture) + " B";
}
