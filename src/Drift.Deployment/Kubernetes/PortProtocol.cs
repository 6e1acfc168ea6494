// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>
/// Ports that leave their protocol out, which then is TCP: it is a part of what a port is known by, and servers before 1.21 do not apply one that lacks it.
/// </summary>
internal static class PortProtocol
{
    /// <summary>The same object with the protocol of each port.</summary>
    public static KubernetesObject State(KubernetesObject item)
    {
        var copy = new KubernetesObject((JsonObject)item.Json.DeepClone());
        var containers = new[] { "initContainers", "containers" };
        var ports = copy.ApiVersion == "v1" && copy.Kind == "Service"
            ? copy.Items("spec", "ports")
            : containers.SelectMany(list => copy.Items("spec", "template", "spec", list)).SelectMany(container => (container["ports"] as JsonArray ?? []).OfType<JsonObject>());
        foreach (var port in ports) port["protocol"] ??= "TCP";
        return copy;
    }
}
