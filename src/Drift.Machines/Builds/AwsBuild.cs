// SPDX-License-Identifier: Apache-2.0

using System.Xml.Linq;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Builds an image at AWS with Packer, on Graviton: finds out first whether it can work, and removes builders that nobody terminated.</summary>
internal sealed class AwsBuild(AwsClient client, BuildSettings settings, IProgress<CopyStep> progress, Action<string> output)
{
    private const string Template = "aws-arm-base.pkr.hcl";

    /// <summary>Builds.</summary>
    /// <returns>The image's id; null when none was to be made.</returns>
    /// <exception cref="DriftException">It cannot work, or failed.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        progress.Report(new CopyStep("check", "key, region, base image, subnet"));
        if (settings.Variables.GetValueOrDefault("source_ami") is { Length: > 0 } image) await AwsImage.FindAsync(client, image, cancellationToken).ConfigureAwait(false);
        if (settings.Variables.GetValueOrDefault("subnet_id") is { Length: > 0 } subnet) await client.Ec2Async("DescribeSubnets", [("SubnetId.1", subnet)], cancellationToken).ConfigureAwait(false);
        foreach (var id in await ReapAsync(tag => BuilderTag.HasExpired(tag, TimeProvider.System.GetUtcNow()), cancellationToken).ConfigureAwait(false)) progress.Report(new CopyStep("clean", $"{id} is terminated: a build that was cut left it behind"));
        var packer = new PackerRun(settings, output);
        await packer.InitAsync(cancellationToken).ConfigureAwait(false);
        progress.Report(new CopyStep("build", $"in {client.Access.Region}"));
        try
        {
            var (built, full) = await packer.BuildAsync(Template, new Dictionary<string, string>(StringComparer.Ordinal), static line => line.Contains("InsufficientInstanceCapacity", StringComparison.Ordinal), cancellationToken).ConfigureAwait(false);
            return full is null ? built : throw new DriftException(ErrorCode.OutOfCapacity, $"{client.Access.Region} has no machine to spare: {full}", "Run it again later, or with another --instance-type or subnet.");
        }
        finally
        {
            foreach (var id in await ReapAsync(tag => tag == settings.Tag, CancellationToken.None).ConfigureAwait(false)) progress.Report(new CopyStep("clean", $"{id} is terminated: Packer left it behind"));
        }
    }

    private async Task<List<string>> ReapAsync(Func<string, bool> choose, CancellationToken cancellationToken)
    {
        var answer = await client.Ec2Async("DescribeInstances",
            [("Filter.1.Name", "tag-key"), ("Filter.1.Value.1", BuilderTag.Name), ("Filter.2.Name", "instance-state-name"), ("Filter.2.Value.1", "pending"), ("Filter.2.Value.2", "running"), ("Filter.2.Value.3", "stopping"), ("Filter.2.Value.4", "stopped")], cancellationToken).ConfigureAwait(false);
        var ids = answer.Descendants("instancesSet").Elements("item").Where(item => TagOf(item) is { } tag && choose(tag)).Select(item => item.Element("instanceId")?.Value).OfType<string>().ToList();
        foreach (var id in ids) await client.Ec2Async("TerminateInstances", [("InstanceId.1", id)], cancellationToken).ConfigureAwait(false);
        return ids;
    }

    private static string? TagOf(XElement instance) =>
        instance.Element("tagSet")?.Elements("item").Where(tag => tag.Element("key")?.Value == BuilderTag.Name).Select(tag => tag.Element("value")?.Value).FirstOrDefault();
}
