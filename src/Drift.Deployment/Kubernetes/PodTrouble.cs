// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>What keeps a pod from being ready.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Container">The container; null when it is the whole pod.</param>
/// <param name="Reason">What the node says.</param>
/// <param name="IsLasting">Whether waiting has never helped, as opposed to what may only be slow.</param>
/// <param name="HasRestarted">Whether the container that tells most is the one before.</param>
internal sealed record PodTrouble(KubernetesObject Pod, string? Container, string Reason, bool IsLasting, bool HasRestarted)
{
    // After the second end of a program nobody expects the third to be another.
    private const int Restarts = 2;

    private static readonly string[] Lasting =
        ["ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"];

    /// <summary>Looks at a pod; null when it is ready.</summary>
    public static PodTrouble? Find(KubernetesObject pod)
    {
        foreach (var container in pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")))
        {
            if ((bool?)container["ready"] == true || container["state"]?["terminated"] is JsonObject { } ended && (int?)ended["exitCode"] == 0) continue;
            var restarts = (int?)container["restartCount"] ?? 0;
            var words = new[] { Describe("waiting", container["state"]?["waiting"]), Describe("ended", container["state"]?["terminated"]), Describe("ended before", container["lastState"]?["terminated"]) }.OfType<string>().ToList();
            if (words.Count == 0) words.Add(container["state"]?["running"] is null ? "not started" : "running, and not ready");
            if (restarts > 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"restarted {restarts} times"));
            var isLasting = restarts >= Restarts || Lasting.Contains((string?)container["state"]?["waiting"]?["reason"]);
            return new PodTrouble(pod, (string?)container["name"], string.Join("; ", words), isLasting, restarts > 0);
        }
        var condition = pod.Items("status", "conditions").FirstOrDefault(condition => (string?)condition["status"] == "False");
        return condition is null && pod.Text("status", "phase") == "Running" ? null
            : new PodTrouble(pod, null, condition is null ? pod.Text("status", "phase") : $"{(string?)condition["reason"]}: {(string?)condition["message"]}", false, false);
    }

    private static string? Describe(string what, JsonNode? state)
    {
        if (state is null) return null;
        var code = state["exitCode"] is { } exit ? $" with exit code {exit}" : "";
        return $"{what}{code}: {(string?)state["reason"]}{((string?)state["message"] is { Length: > 0 } message ? $" ({message.Trim()})" : "")}";
    }
}
