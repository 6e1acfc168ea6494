// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>Services that fail, each in its own way: the site <c>two</c>, started by a line of shell.</summary>
internal static class FailingImages
{
    private static readonly (string Name, string Script)[] All =
    [
        // Runs, and never listens.
        ("silent", "echo I wait for a database; exec /tools/busybox sleep 1000"),
        // Ends at once.
        ("broken", "echo I cannot read my settings; printf 'a\\033[2Jb\\n'; exit 3"),
        // Takes its time until it listens.
        ("slow", "printf 'warming \\033[2Jup\\n'; /tools/busybox sleep 3; exec /server"),
        // Well at first, and gone some seconds later.
        ("dying", "/server & /tools/busybox sleep 4; kill -9 $!; exit 4"),
        // Well at first; then it still answers, and says of itself that it is not well.
        ("sick", "export DRIFT_DRAIN_DELAY=60; /server & /tools/busybox sleep 4; kill -TERM $!; wait"),
    ];

    public static async Task BuildAsync(MachineFixture machines, CancellationToken cancellationToken)
    {
        var tools = machines.Folder.Combine("tools");
        Directory.CreateDirectory(tools);
        File.Copy(Need.Program("busybox"), Path.Combine(tools, "busybox"));
        var layout = $"oci:{machines.Folder.Combine("failing")}:tools";
        await DriftTool.JsonAsync(["append", machines.Reference("two"), "--insecure", machines.Registry, "--layer", $"{tools}:/tools", "--output", layout], cancellationToken);
        foreach (var (name, script) in All)
        {
            await DriftTool.JsonAsync(
            [
                "mutate", layout, "--insecure", machines.Registry, "--output", machines.Reference(name),
                "--entrypoint", "/tools/busybox", "--entrypoint", "sh", "--entrypoint", "-c", "--entrypoint", script,
            ], cancellationToken);
        }
    }
}
