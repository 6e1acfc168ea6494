// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Text;
using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift resolve -f PATH…</c></summary>
internal sealed class ResolveCommand : Command
{
    private readonly ObjectChoice _objects = new();
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The file to write [default: standard output]", HelpName = "FILE" };
    private readonly Option<bool> _inPlace = new("--in-place") { Description = "Write the files themselves" };

    public ResolveCommand(CliHost host)
        : base("resolve", "Replace drift://PATH and tags in Kubernetes objects by digests; every other byte stays")
    {
        _objects.AddTo(this, isRequired: true);
        Options.Add(_output);
        Options.Add(_inPlace);
        PackSettings.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_inPlace) && result.GetValue(_output) is not null) result.AddError("--in-place and --output exclude each other: one writes the files, and the other another one.");
        });
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var files = await _objects.ReadAsync(result, recursive: true, cancellationToken).ConfigureAwait(false);
        var inPlace = result.GetValue(_inPlace);
        if (inPlace && files.FirstOrDefault(file => !File.Exists(file.Name)) is { } stream) throw new DriftException(ErrorCode.NotSupported, $"{stream.Name} cannot be written.", "Leave --in-place out.");
        using var settings = new PackSettings(result, host);
        var images = await _objects.ResolveAsync(files, _objects.Paths(result)[0], forCluster: false, isDryRun: false, settings, host, result, cancellationToken).ConfigureAwait(false);
        var pinned = images.ToDictionary(image => image.Written, image => image.Pinned, StringComparer.Ordinal);
        var resolved = files.Select(file => file.WithImages(pinned)).ToList();
        var written = await WriteAsync(resolved, result.GetValue(_output), inPlace, cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new ResolveReport([.. images.Select(image => new ImageResolution(image.Written, image.Pinned))], written), static () => OutputJsonContext.Default.ResolveReport, () =>
        {
            if (written.Count == 0) host.Output.Write(Encoding.UTF8.GetString(Join(resolved)));
            else foreach (var image in images) printer.Line($"{image.Written} -> {image.Pinned}");
        });
        return ExitCodes.Ok;
    }

    private static async Task<IReadOnlyList<string>> WriteAsync(List<ObjectFile> files, string? output, bool inPlace, CancellationToken cancellationToken)
    {
        var written = inPlace ? files.ConvertAll(file => (file.Name, Content: file.ToBytes())) : output is null ? [] : [(Name: output, Content: Join(files))];
        foreach (var (name, content) in written)
        {
            // A file keeps its permissions, and one that a link leads to stays where it is.
            var path = File.Exists(name) ? File.ResolveLinkTarget(name, returnFinalTarget: true)?.FullName ?? name : name;
            await AtomicFile.WriteAsync(path, content, cancellationToken, File.Exists(path) ? File.GetUnixFileMode(path) : null).ConfigureAwait(false);
        }
        return written.ConvertAll(file => file.Name);
    }

    /// <summary>All files as one, each a document of its own.</summary>
    private static byte[] Join(List<ObjectFile> files)
    {
        if (files is [var only]) return only.ToBytes();
        var all = new MemoryStream();
        foreach (var content in files.Select(file => file.ToBytes()))
        {
            var bytes = content.AsSpan();
            if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
            if (!bytes.StartsWith("---"u8)) all.Write("---\n"u8);
            all.Write(bytes);
            if (!bytes.EndsWith("\n"u8)) all.Write("\n"u8);
        }
        return all.ToArray();
    }
}
