// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>The machines of a compartment: builders among them, by their tag.</summary>
internal sealed class OracleBuilders(OracleClient client)
{
    private static readonly string[] Over = ["TERMINATED", "TERMINATING"];

    /// <summary>Terminates the builders whose tag is chosen, with their boot volumes; returns their names.</summary>
    public async Task<IReadOnlyList<string>> ReapAsync(string compartment, Func<string, bool> choose, CancellationToken cancellationToken)
    {
        var reaped = new List<string>();
        foreach (var instance in await ListAsync(compartment, cancellationToken).ConfigureAwait(false))
        {
            if ((string?)instance["freeformTags"]?[BuilderTag.Name] is not { } tag || !choose(tag) || (string?)instance["id"] is not { } id) continue;
            await client.FindAsync(new OracleRequest(HttpMethod.Delete, "iaas", $"{OracleRequest.Version}/instances/{id}?preserveBootVolume=false"), cancellationToken).ConfigureAwait(false);
            reaped.Add((string?)instance["displayName"] ?? id);
        }
        return reaped;
    }

    /// <summary>The OCPUs and the gigabytes of memory of the Arm machines that are there.</summary>
    public async Task<(double Cores, double Memory)> SumAsync(string compartment, CancellationToken cancellationToken)
    {
        var arm = (await ListAsync(compartment, cancellationToken).ConfigureAwait(false)).Where(instance => (string?)instance["shape"] == OracleImageOptions.ArmShape && (string?)instance["lifecycleState"] != "STOPPED").ToList();
        return (arm.Sum(instance => (double?)instance["shapeConfig"]?["ocpus"] ?? 0), arm.Sum(instance => (double?)instance["shapeConfig"]?["memoryInGBs"] ?? 0));
    }

    /// <summary>The gigabytes of the boot and block volumes that are there.</summary>
    public async Task<double> SumVolumesAsync(string compartment, IEnumerable<string> domains, CancellationToken cancellationToken)
    {
        var volumes = await client.ListAsync(OracleRequest.Get("iaas", $"{OracleRequest.Version}/volumes?compartmentId={compartment}"), cancellationToken).ConfigureAwait(false);
        foreach (var domain in domains) volumes.AddRange(await client.ListAsync(OracleRequest.Get("iaas", $"{OracleRequest.Version}/bootVolumes?compartmentId={compartment}&availabilityDomain={OracleRequest.Escape(domain)}"), cancellationToken).ConfigureAwait(false));
        return volumes.Where(volume => !Over.Contains((string?)volume["lifecycleState"])).Sum(volume => (double?)volume["sizeInGBs"] ?? 0);
    }

    private async Task<IEnumerable<JsonNode>> ListAsync(string compartment, CancellationToken cancellationToken) =>
        (await client.ListAsync(OracleRequest.Get("iaas", $"{OracleRequest.Version}/instances?compartmentId={compartment}"), cancellationToken).ConfigureAwait(false)).Where(instance => !Over.Contains((string?)instance["lifecycleState"]));
}
