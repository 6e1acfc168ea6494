// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Prints the tree of <c>drift inspect</c>: plain lines, sizes aligned, bars in proportion to the largest layer.</summary>
internal sealed class InspectText(Printer printer, IImageSource source, bool showFiles, InspectNode root, CancellationToken cancellationToken)
{
    private const int BarLength = 20;
    private readonly LayerListing _listing = new(source);
    private readonly long _largest = LayersOf(root).Select(layer => layer.Size).DefaultIfEmpty(0).Max();
    private readonly int _sizeWidth = LayersOf(root).Select(layer => layer.Size).Concat(ConfigsOf(root)).Select(size => Bytes(size).Length).DefaultIfEmpty(0).Max();

    public Task PrintAsync() => PrintAsync(root, "", "");

    /// <param name="node">What to print.</param>
    /// <param name="lead">What begins the node's first line.</param>
    /// <param name="indent">What begins its other lines.</param>
    private async Task PrintAsync(InspectNode node, string lead, string indent)
    {
        printer.Line($"{lead}{Title(node)}  {node.Digest}  {Bytes(node.ImageSize ?? node.Size)}");
        var manifests = node.Manifests ?? [];
        var body = indent + (manifests.Count > 0 ? "│  " : "   ");
        if (node.Problem is { } problem) Fact(body, "problem", problem);
        PrintConfig(node.Config, body);
        for (var i = 0; i < (node.Layers?.Count ?? 0); i++) await PrintLayerAsync(node.Layers![i], i, body).ConfigureAwait(false);
        for (var i = 0; i < manifests.Count; i++)
        {
            var isLast = i == manifests.Count - 1;
            await PrintAsync(manifests[i], indent + (isLast ? "└─ " : "├─ "), indent + (isLast ? "   " : "│  ")).ConfigureAwait(false);
        }
    }

    private void PrintConfig(InspectConfig? config, string indent)
    {
        if (config is null) return;
        Fact(indent, "config", $"{Bytes(config.Size).PadLeft(_sizeWidth)}  {new string(' ', BarLength)}  {config.Digest}");
        Fact(indent, "created", config.Created);
        Fact(indent, "author", config.Author);
        Fact(indent, "entrypoint", Words(config.Entrypoint));
        Fact(indent, "command", Words(config.Command));
        Fact(indent, "user", config.User);
        Fact(indent, "folder", config.WorkingDirectory);
        Fact(indent, "ports", Words(config.Ports));
        Fact(indent, "stop signal", config.StopSignal);
        foreach (var variable in config.Environment ?? []) Fact(indent, "env", variable);
        foreach (var (name, value) in config.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal)) Fact(indent, "label", $"{name}={value}");
    }

    private async Task PrintLayerAsync(InspectLayer layer, int number, string indent)
    {
        Fact(indent, string.Create(CultureInfo.InvariantCulture, $"layer {number}"), $"{Bytes(layer.Size).PadLeft(_sizeWidth)}  {Bar(layer.Size)}  {layer.Digest}  {Compression(layer.MediaType)}");
        if (!showFiles) return;
        try
        {
            var leftOut = await _listing.ReadAsync(layer.Descriptor, file => printer.Line($"{indent}  {FileLine(file)}"), cancellationToken).ConfigureAwait(false);
            if (leftOut > 0) printer.Line($"{indent}  {leftOut} more files are not shown");
        }
        catch (DriftException e) when (LayerListing.IsOfTheLayer(e))
        {
            Fact(indent, "  problem", e.Message);
        }
    }

    private void Fact(string indent, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) printer.Line($"{indent}{name,-11} {value}");
    }

    private string Bar(long size)
    {
        // At least a stroke for what is there at all, and blanks that keep the column.
        var length = size <= 0 || _largest <= 0 ? 0 : Math.Max(1, (int)Math.Round((double)BarLength * size / _largest));
        return new string('█', length).PadRight(BarLength);
    }

    private static string FileLine(InspectFile file) =>
        $"{file.Type,-8} {file.Mode,5} {file.UserId + ":" + file.GroupId,11} {Bytes(file.Size),15}  {file.Path}{(file.Link is null ? "" : " → " + file.Link)}";

    private static string Title(InspectNode node) => node.Kind switch
    {
        "image" => node.Platform ?? "image",
        "attestation" => $"attestation ({node.Platform})",
        "index" => "index",
        _ => node.MediaType,
    };

    private static string Compression(string mediaType) => mediaType switch
    {
        _ when mediaType.EndsWith("gzip", StringComparison.Ordinal) => "gzip",
        _ when mediaType.EndsWith("zstd", StringComparison.Ordinal) => "zstd",
        _ when mediaType.EndsWith("tar", StringComparison.Ordinal) => "tar",
        _ => mediaType,
    };

    private static IEnumerable<InspectLayer> LayersOf(InspectNode node) => (node.Layers ?? []).Concat((node.Manifests ?? []).SelectMany(LayersOf));

    private static IEnumerable<long> ConfigsOf(InspectNode node) => (node.Config is { } config ? [config.Size] : Array.Empty<long>()).Concat((node.Manifests ?? []).SelectMany(ConfigsOf));

    private static string? Words(IReadOnlyList<string>? words) => words is null ? null : string.Join(' ', words.Select(word => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word));

    private static string Bytes(long size) => size.ToString("N0", CultureInfo.InvariantCulture) + " B";
}
