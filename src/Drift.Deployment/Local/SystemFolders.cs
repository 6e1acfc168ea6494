// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;

namespace Drift.Deployment;

/// <summary>
/// <c>/proc</c> and the harmless part of <c>/dev</c>, which runtimes such as .NET do not start without. Both are mounted before the image's
/// files become the root, over whatever the image has there.
/// </summary>
internal static class SystemFolders
{
    // $1 is mount(8), by its path: PATH is the image's. The tmpfs is empty, so no link of the image is followed in it.
    private const string Script = """
        set -e
        "$1" -t tmpfs -o mode=755 tmpfs "$0/dev"
        for device in null zero full random urandom; do
          : >"$0/dev/$device"
          "$1" --bind "/dev/$device" "$0/dev/$device"
        done
        "$1" -t proc proc "$0/proc"
        shift
        exec "$@"
        """;

    /// <summary>What to put before a command that runs as root of its namespaces; nothing where the folders cannot be mounted.</summary>
    /// <param name="unshare">The path of unshare(1).</param>
    /// <param name="options">How it makes the namespace of users in which this runs.</param>
    /// <param name="root">The folder of the image's files.</param>
    /// <param name="cancellationToken">Stops the probe.</param>
    public static async Task<string[]> CommandAsync(string unshare, string[] options, string root, CancellationToken cancellationToken)
    {
        if (Tool.Find("sh") is not { } shell || Tool.Find("mount") is not { } mount) return [];
        foreach (var name in new[] { "dev", "proc" })
        {
            var folder = new DirectoryInfo(Path.Combine(root, name));
            // A link of the image would be followed out of its root.
            if (folder.LinkTarget is not null || File.Exists(folder.FullName)) return [];
            folder.Create();
        }
        // Where this machine's own /proc is partly hidden, as in some containers, the kernel allows no other; what needs none still runs then.
        string[] command = [shell, "-c", Script, root, mount];
        var probe = await Tool.RunAsync(unshare, [.. options, "--pid", "--fork", "--mount", "--", .. command, "true"], cancellationToken).ConfigureAwait(false);
        return probe.ExitCode == 0 ? command : [];
    }
}
