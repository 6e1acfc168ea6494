// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// Builds an image at Oracle with Packer: finds out first whether it can work, where a machine is to be had, and removes builders that nobody
/// terminated.
/// </summary>
internal sealed class OracleBuild(OracleClient client, BuildSettings settings, IProgress<CopyStep> progress, Action<string> output)
{
    private const string Template = "oci-ampere-base.pkr.hcl";
    // What the template's builder takes, and what is always free since June 2026: OCPUs, and gigabytes of memory and of volumes.
    private const double Cores = 1, Memory = 6, FreeCores = 2, FreeMemory = 12, Disk = 50, FreeDisk = 200;
    private readonly OracleBuilders _builders = new(client);

    /// <summary>Builds.</summary>
    /// <returns>The image's OCID; null when none was to be made.</returns>
    /// <exception cref="DriftException">It cannot work, no machine was to be had in time, or it failed.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        var compartment = settings.Variables["compartment_ocid"];
        var domains = await CheckAsync(compartment, cancellationToken).ConfigureAwait(false);
        var packer = new PackerRun(settings, output);
        await packer.InitAsync(cancellationToken).ConfigureAwait(false);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            foreach (var domain in domains.Where(domain => domain.Length > 0))
            {
                if (!await HasCapacityAsync(domain, cancellationToken).ConfigureAwait(false)) continue;
                progress.Report(new CopyStep("build", $"in {domain}"));
                if (await TryAsync(packer, compartment, domain, cancellationToken).ConfigureAwait(false) is (var image, null)) return image;
            }
            if (TimeProvider.System.GetElapsedTime(started) >= settings.Patience)
            {
                throw new DriftException(ErrorCode.OutOfCapacity, $"No availability domain of {client.Access.Region} has a machine to spare: {string.Join(", ", domains)}.", "Run it again later, wait with --patience 6h, build in another region, or at AWS; accounts that pay are served first.");
            }
            progress.Report(new CopyStep("capacity", "no domain has a machine to spare: asking again in a while"));
            await Task.Delay(settings.Poll, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One run of Packer. A builder that it leaves behind is terminated, whatever ended it.</summary>
    private async Task<(string? Image, string? OutOfCapacity)> TryAsync(PackerRun packer, string compartment, string domain, CancellationToken cancellationToken)
    {
        try
        {
            return await packer.BuildAsync(Template, new Dictionary<string, string>(StringComparer.Ordinal) { ["availability_domain"] = domain }, static line => line.Contains("Out of host capacity", StringComparison.OrdinalIgnoreCase), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var name in await _builders.ReapAsync(compartment, tag => tag == settings.Tag, CancellationToken.None).ConfigureAwait(false)) progress.Report(new CopyStep("clean", $"{name} is terminated: Packer left it behind"));
        }
    }

    private async Task<IReadOnlyList<string>> CheckAsync(string compartment, CancellationToken cancellationToken)
    {
        progress.Report(new CopyStep("check", "key, region, availability domain, subnet, base image, what is free"));
        var domains = (await client.ListAsync(OracleRequest.Get("identity", $"{OracleRequest.Version}/availabilityDomains?compartmentId={client.Access.Tenancy}"), cancellationToken).ConfigureAwait(false)).Select(item => (string?)item["name"] ?? "").ToList();
        var wanted = settings.Variables["availability_domain"];
        if (!domains.Contains(wanted)) throw new DriftException(ErrorCode.InvalidSetting, $"{client.Access.Region} has no availability domain {wanted} for this tenancy.", $"Set OCI_AVAILABILITY_DOMAIN to one of {string.Join(", ", domains)}.");
        var subnet = await client.SendAsync(OracleRequest.Get("iaas", $"{OracleRequest.Version}/subnets/{settings.Variables["subnet_ocid"]}"), cancellationToken).ConfigureAwait(false);
        if (subnet.Text("lifecycleState") != "AVAILABLE") throw new DriftException(ErrorCode.NotSupported, $"The subnet {settings.Variables["subnet_ocid"]} is {subnet.Text("lifecycleState")}.", "Name another one in OCI_SUBNET_OCID.");
        if (settings.Variables["assign_public_ip"] == "true" && (bool?)subnet.Body?["prohibitPublicIpOnVnic"] == true) throw new DriftException(ErrorCode.NotSupported, "The subnet allows no public addresses, and the builder is to have one.", "Give --no-public-ip, or a public subnet.");
        await ImageOrigin.CheckBaseAsync(client, settings.Variables["base_image_ocid"], cancellationToken).ConfigureAwait(false);
        foreach (var name in await _builders.ReapAsync(compartment, tag => BuilderTag.HasExpired(tag, TimeProvider.System.GetUtcNow()), cancellationToken).ConfigureAwait(false)) progress.Report(new CopyStep("clean", $"{name} is terminated: a build that was cut left it behind"));
        await CheckFreeAsync(compartment, domains, cancellationToken).ConfigureAwait(false);
        // The one that is asked for first; a subnet of one domain allows no other.
        return subnet.Find("availabilityDomain") is not null ? [wanted] : [wanted, .. domains.Where(domain => domain != wanted)];
    }

    private async Task CheckFreeAsync(string compartment, List<string> domains, CancellationToken cancellationToken)
    {
        if (settings.Pays) return;
        var (cores, memory) = await _builders.SumAsync(compartment, cancellationToken).ConfigureAwait(false);
        if (cores + Cores > FreeCores || memory + Memory > FreeMemory)
        {
            throw NotFree($"The compartment runs {cores:0.#} OCPUs and {memory:0.#} GB on Arm; with the builder's {Cores} and {Memory} that is more than the {FreeCores} and {FreeMemory} that are always free.");
        }
        var disk = await _builders.SumVolumesAsync(compartment, domains, cancellationToken).ConfigureAwait(false);
        if (disk + Disk > FreeDisk) throw NotFree($"The compartment has volumes of {disk:0} GB; with the builder's {Disk} that is more than the {FreeDisk} that are always free.");

        static DriftException NotFree(FormattableString problem) =>
            new(ErrorCode.LimitReached, problem.ToString(CultureInfo.InvariantCulture), "Remove what is not needed, build in another tenancy, or give --paid when this one pays.");
    }

    private async Task<bool> HasCapacityAsync(string domain, CancellationToken cancellationToken)
    {
        // Whoever may not see the report finds out by trying.
        var answer = await client.FindAsync(new OracleRequest(HttpMethod.Post, "iaas", $"{OracleRequest.Version}/computeCapacityReports")
        {
            Body = new JsonObject
            {
                ["compartmentId"] = client.Access.Tenancy,
                ["availabilityDomain"] = domain,
                ["shapeAvailabilities"] = new JsonArray(new JsonObject { ["instanceShape"] = OracleImageOptions.ArmShape, ["instanceShapeConfig"] = new JsonObject { ["ocpus"] = Cores, ["memoryInGBs"] = Memory } }),
            },
        }, cancellationToken).ConfigureAwait(false);
        var states = (answer?.Body?["shapeAvailabilities"] as JsonArray ?? []).Select(item => (string?)item?["availabilityStatus"] ?? "").Distinct(StringComparer.Ordinal).ToList();
        progress.Report(new CopyStep("capacity", $"{domain}: {(states.Count == 0 ? "not known" : string.Join(", ", states))}"));
        return states.Count == 0 || states.Contains("AVAILABLE");
    }
}
