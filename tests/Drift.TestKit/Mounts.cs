// SPDX-License-Identifier: Apache-2.0

namespace Drift.TestKit;

/// <summary>What container engines mount into a test's folder.</summary>
public static class Mounts
{
    /// <summary>Unmounts everything at and below a folder, so that it can be removed.</summary>
    public static async Task DetachBelowAsync(string folder)
    {
        var points = (await File.ReadAllLinesAsync("/proc/mounts")).Select(line => line.Split(' ')[1]).Where(point => point == folder || point.StartsWith(folder + "/", StringComparison.Ordinal));
        foreach (var point in points.Reverse()) (await ProcessRun.RunAsync("umount", [point])).EnsureSuccess();
    }
}
