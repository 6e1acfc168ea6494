// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>The commit that a folder's files are of, as Git or Jujutsu knows it.</summary>
internal static class SourceCommit
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Finds the commit, with <c>-dirty</c> after it when Git knows of changes; null when nobody knows one.</summary>
    public static async Task<string?> FindAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path.Combine(folder, ".jj")) && Tool.Find("jj") is { } jj) return await FromJujutsuAsync(jj, folder, cancellationToken).ConfigureAwait(false);
        if (!Path.Exists(Path.Combine(folder, ".git"))) return null;
        try
        {
            return (await GitCommit.ReadAnnotationsAsync(folder, cancellationToken).ConfigureAwait(false)).GetValueOrDefault("org.opencontainers.image.revision");
        }
        catch (DriftException)
        {
            // No Git, or no commit yet: the history says less.
            return null;
        }
    }

    private static async Task<string?> FromJujutsuAsync(string jj, string folder, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var found = await Tool.RunAsync(jj, ["--repository", folder, "--ignore-working-copy", "--color", "never", "log", "--no-graph", "--revisions", "@", "--template", "commit_id"], limit.Token).ConfigureAwait(false);
            return found.ExitCode == 0 && found.Output.Trim() is { Length: > 0 } commit ? commit : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
