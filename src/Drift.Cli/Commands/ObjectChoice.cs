// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>The Kubernetes objects, and where the images go that they have built: what <c>resolve</c> and <c>deploy kubernetes</c> take alike.</summary>
internal sealed class ObjectChoice
{
    private const string StandardInput = "-";
    private readonly Option<string[]> _files = new("--filename", "-f") { Description = "A file of Kubernetes objects, a folder of them, or - for standard input; may be given several times", HelpName = "PATH" };
    private readonly Option<string?> _repository = new("--repository") { Description = "Where the images of drift://PATH go, for example ghcr.io/me/site; with a tag, that one moves [default tag: deploy- and the digest's first digits]", HelpName = "REF" };
    private readonly Option<string?> _root = new("--root") { Description = "The folder that drift://PATH begins at [default: that of the Git or Jujutsu repository which the first PATH is in, or else the current folder]", HelpName = "DIR" };

    public void AddTo(Command command, bool isRequired)
    {
        _files.Required = isRequired;
        command.Options.Add(_files);
        command.Options.Add(_repository);
        command.Options.Add(_root);
    }

    /// <summary>The paths that were named.</summary>
    public string[] Paths(ParseResult result) => result.GetValue(_files) ?? [];

    /// <summary>Whether any was named.</summary>
    public bool IsGiven(System.CommandLine.Parsing.CommandResult result) => result.GetValue(_files) is { Length: > 0 };

    public async Task<IReadOnlyList<ObjectFile>> ReadAsync(ParseResult result, bool recursive, CancellationToken cancellationToken)
    {
        var files = new List<ObjectFile>();
        foreach (var path in ObjectFiles.List(Paths(result), recursive))
        {
            if (path == StandardInput)
            {
                var input = Console.OpenStandardInput();
                await using var _ = input.ConfigureAwait(false);
                files.Add(await ObjectFile.ReadAsync(input, "standard input", cancellationToken).ConfigureAwait(false));
            }
            else files.Add(await ObjectFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }
        return files;
    }

    /// <summary>Finds out which images files mean.</summary>
    public Task<IReadOnlyList<ResolvedImage>> ResolveAsync(IReadOnlyList<ObjectFile> files, string? path, bool forCluster, bool isDryRun, PackSettings settings, CliHost host, ParseResult result, CancellationToken cancellationToken)
    {
        var root = result.GetValue(_root) ?? FolderImages.RootOf(path == StandardInput ? null : path);
        if (!Directory.Exists(root)) throw new DriftException(ErrorCode.SourceNotFound, $"There is no folder {root}.", "Name a folder with --root.");
        var registries = host.Registries(result);
        var folders = new FolderImages(root, result.GetValue(_repository), settings, registries, host.Printer(result), isDryRun);
        return new ImageResolver(registries, folders.BuildAsync).ResolveAsync(files, readPlatforms: forCluster, cancellationToken);
    }
}
