// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The commit that a folder's files are of, as <c>git</c> tells it, or <c>jj</c> where there is no Git worktree.</summary>
/// <param name="Root">The folder that holds the whole worktree.</param>
/// <param name="Revision">The commit's hash: of jj's working copy where that is changed, and else of its parent.</param>
/// <param name="IsChanged">Whether a file differs from that commit.</param>
/// <param name="Address">Where everyone finds the remote <c>origin</c>: https, without a password; null where there is none that is understood.</param>
/// <param name="Tag">A tag that names the very commit; null where there is none.</param>
public sealed record SourceCommit(string Root, string Revision, bool IsChanged, string? Address, string? Tag)
{
    // The commit, or that of the working copy; whether that is empty; and its parents.
    private const string WorkingCopy = """commit_id ++ "\n" ++ if(empty, "empty", "changed") ++ "\n" ++ parents.map(|c| c.commit_id()).join("\n")""";

    /// <summary>Reads the commit of a folder.</summary>
    /// <param name="directory">The folder, or one below it.</param>
    /// <param name="countsUnknown">Whether a file that Git does not know, and is not told to ignore, counts as a change. To jj every file is known.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="DriftException">The folder is in no worktree, or the program is not installed.</exception>
    public static async Task<SourceCommit> ReadAsync(string directory, bool countsUnknown, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return IsJujutsuAlone(directory) ? await ReadJujutsuAsync(directory, cancellationToken).ConfigureAwait(false) : await ReadGitAsync(directory, countsUnknown, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The innermost folder, upwards from one, that Git or jj knows as a worktree; null where there is none.</summary>
    public static string? FindRoot(string directory)
    {
        for (var folder = new DirectoryInfo(Path.GetFullPath(directory)); folder is not null; folder = folder.Parent)
        {
            // A worktree that belongs to another repository of Git has a file of this name.
            if (Path.Exists(Path.Combine(folder.FullName, ".git")) || Directory.Exists(Path.Combine(folder.FullName, ".jj"))) return folder.FullName;
        }
        return null;
    }

    /// <summary>The revision of a folder, with <c>-dirty</c> after it when a known file is changed; null where nobody knows one.</summary>
    public static async Task<string?> FindRevisionAsync(string directory, CancellationToken cancellationToken = default)
    {
        try
        {
            return (await ReadAsync(directory, countsUnknown: false, cancellationToken).ConfigureAwait(false)).DescribedRevision;
        }
        catch (DriftException)
        {
            return null;
        }
    }

    /// <summary>
    /// <c>org.opencontainers.image.revision</c>, with <c>-dirty</c> after it when a file is changed (as <c>git describe --dirty</c> means
    /// it); <c>source</c> where there is an address; <c>version</c> where a tag names the very commit and nothing is changed.
    /// </summary>
    internal SortedDictionary<string, string> ToAnnotations()
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.revision"] = DescribedRevision };
        if (Address is not null) annotations["org.opencontainers.image.source"] = Address;
        if (!IsChanged && Tag is not null) annotations["org.opencontainers.image.version"] = Tag;
        return annotations;
    }

    private string DescribedRevision => IsChanged ? Revision + "-dirty" : Revision;

    private static async Task<SourceCommit> ReadGitAsync(string directory, bool countsUnknown, CancellationToken cancellationToken)
    {
        // A repository's own settings may name programs to run at every look at its files.
        Task<string?> GitAsync(params string[] arguments) => SourceTool.RunAsync("git", ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", directory, .. arguments], directory, cancellationToken);
        var commit = await GitAsync("rev-parse", "--verify", "HEAD^{commit}").ConfigureAwait(false)
            ?? throw new DriftException(ErrorCode.SourceNotFound, $"{directory} is in no Git repository with a commit, or in one that git does not trust.", "Leave git out, or commit the folder; git -C DIR log tells more.");
        var root = await GitAsync("rev-parse", "--show-toplevel").ConfigureAwait(false) ?? directory;
        var changes = await GitAsync("status", "--porcelain", $"--untracked-files={(countsUnknown ? "normal" : "no")}").ConfigureAwait(false);
        // Not git remote get-url: it puts in what the user's own settings say of the address, a password among it.
        var url = await GitAsync("config", "--get", "remote.origin.url").ConfigureAwait(false);
        var tag = await GitAsync("describe", "--tags", "--exact-match", "HEAD").ConfigureAwait(false);
        return new SourceCommit(root, commit, changes is not "", url is null ? null : GitUrl.ToWebAddress(url), tag);
    }

    private static async Task<SourceCommit> ReadJujutsuAsync(string directory, CancellationToken cancellationToken)
    {
        Task<string?> JujutsuAsync(params string[] arguments) => SourceTool.RunAsync("jj", ["--no-pager", "--color", "never", "--repository", directory, .. arguments], directory, cancellationToken);
        var root = await JujutsuAsync("root").ConfigureAwait(false)
            ?? throw new DriftException(ErrorCode.SourceNotFound, $"jj cannot read the repository of {directory}.", "Run jj status there to see why.");
        directory = root;
        var lines = (await JujutsuAsync("log", "--no-graph", "--revisions", "@", "--template", WorkingCopy).ConfigureAwait(false) ?? "").Split('\n');
        if (lines.Length < 3) throw new DriftException(ErrorCode.SourceNotFound, $"{root} has no commit that jj can show.", "Commit the folder with jj commit.");
        // An empty working copy is where jj leaves one after each commit; the commit is its parent.
        var isChanged = lines is not [_, "empty", _];
        var revision = isChanged ? lines[0] : lines[2];
        var remotes = await JujutsuAsync("git", "remote", "list").ConfigureAwait(false) ?? "";
        var url = remotes.Split('\n').Select(line => line.Split(' ', 2)).FirstOrDefault(remote => remote is ["origin", _])?[1];
        var tags = await JujutsuAsync("log", "--no-graph", "--revisions", revision, "--template", """tags.map(|t| t.name()).join("\n")""").ConfigureAwait(false) ?? "";
        return new SourceCommit(root, revision, isChanged, url is null ? null : GitUrl.ToWebAddress(url), tags.Split('\n')[0] is { Length: > 0 } tag ? tag : null);
    }

    /// <summary>Whether the innermost repository around a folder is jj's and has no worktree of Git beside it.</summary>
    private static bool IsJujutsuAlone(string directory) => FindRoot(directory) is { } root && !Path.Exists(Path.Combine(root, ".git"));
}
