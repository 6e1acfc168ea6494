// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The commit that a folder's files are of, as the program <c>git</c> tells it.</summary>
internal static class GitCommit
{
    private const int MaximumOutput = 16 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>org.opencontainers.image.revision</c>, with <c>-dirty</c> after it when a file that Git knows is changed (as
    /// <c>git describe --dirty</c> means it); <c>source</c> where there is a remote <c>origin</c>; <c>version</c> where a tag names the
    /// very commit and nothing is changed.
    /// </summary>
    public static async Task<Dictionary<string, string>> ReadAnnotationsAsync(string directory, CancellationToken cancellationToken)
    {
        var commit = await RunAsync(directory, ["rev-parse", "--verify", "HEAD^{commit}"], cancellationToken).ConfigureAwait(false)
            ?? throw new DriftException(ErrorCode.SourceNotFound, $"{directory} is in no Git repository with a commit, or in one that git does not trust.", "Leave git out, or commit the folder; git -C DIR log tells more.");
        var changes = await RunAsync(directory, ["status", "--porcelain", "--untracked-files=no"], cancellationToken).ConfigureAwait(false);
        var isDirty = changes is not "";
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.revision"] = isDirty ? commit + "-dirty" : commit };
        // Not git remote get-url: it puts in what the user's own settings say of the address, a password among it.
        if (await RunAsync(directory, ["config", "--get", "remote.origin.url"], cancellationToken).ConfigureAwait(false) is { } url && GitUrl.ToWebAddress(url) is { } source)
        {
            annotations["org.opencontainers.image.source"] = source;
        }
        if (!isDirty && await RunAsync(directory, ["describe", "--tags", "--exact-match", "HEAD"], cancellationToken).ConfigureAwait(false) is { } tag) annotations["org.opencontainers.image.version"] = tag;
        return annotations;
    }

    /// <summary>Runs git; null when it does not end with 0.</summary>
    private static async Task<string?> RunAsync(string directory, string[] arguments, CancellationToken cancellationToken)
    {
        // A repository's own settings may name programs to run at every look at its files.
        var start = new ProcessStartInfo("git", ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", directory, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C", ["GIT_OPTIONAL_LOCKS"] = "0", ["GIT_TERMINAL_PROMPT"] = "0" },
        };
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            process.StandardInput.Close();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var output = new char[MaximumOutput];
            var count = await process.StandardOutput.ReadBlockAsync(output, limit.Token).ConfigureAwait(false);
            // That there is more than is read is answer enough.
            if (count == output.Length) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return count == output.Length ? new string(output) : process.ExitCode == 0 ? new string(output, 0, count).TrimEnd('\n') : null;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new DriftException(ErrorCode.SourceNotFound, $"git {arguments[0]} did not end within {Timeout.TotalSeconds} seconds in {directory}.", "Run it yourself to see why, or leave git out.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DriftException(ErrorCode.ToolMissing, "git is not installed; annotations of the commit need it.", "Install it, on Debian with: apt-get install git", e);
        }
    }
}
