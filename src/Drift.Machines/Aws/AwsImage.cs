// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Xml.Linq;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>An AMI, as far as its disk is to be copied.</summary>
/// <param name="Id">The AMI's id.</param>
/// <param name="Snapshot">The snapshot of its root volume.</param>
/// <param name="Size">The volume's size, in bytes.</param>
internal sealed record AwsImage(string Id, string Snapshot, long Size)
{
    /// <summary>Finds an AMI, and whether its disk starts on Arm and may be copied.</summary>
    /// <exception cref="DriftException">It is not there, or is none of these.</exception>
    public static async Task<AwsImage> FindAsync(AwsClient client, string id, CancellationToken cancellationToken)
    {
        var answer = await client.Ec2Async("DescribeImages", [("ImageId.1", id)], cancellationToken).ConfigureAwait(false);
        var image = answer.Element("imagesSet")?.Element("item") ?? throw new DriftException(ErrorCode.NotFound, $"There is no image {id} in {client.Access.Region}.", "Check its id and AWS_REGION.");
        if (Text(image, "imageState") != "available") throw new DriftException(ErrorCode.NotSupported, $"{id} is {Text(image, "imageState")}.", "Wait until it is available.");
        if (Text(image, "architecture") != "arm64") throw new DriftException(ErrorCode.NotSupported, $"{id} is for {Text(image, "architecture")}, not for arm64.", "Build it on Graviton: drift machine build aws.");
        if (image.Element("productCodes")?.Elements("item").Any() == true) throw new DriftException(ErrorCode.NotSupported, $"{id} comes from the Marketplace, whose terms bind it to AWS.", "Build from Debian's own image, of the account 136693071363.");
        var root = Text(image, "rootDeviceName");
        var disk = image.Element("blockDeviceMapping")?.Elements("item").FirstOrDefault(item => Text(item, "deviceName") == root)?.Element("ebs");
        if (disk is null || Text(disk, "snapshotId") is not { Length: > 0 } snapshot || !long.TryParse(Text(disk, "volumeSize"), NumberStyles.None, CultureInfo.InvariantCulture, out var gibibytes) || gibibytes is < 1 or > 65_536)
        {
            throw new DriftException(ErrorCode.NotSupported, $"{id} has no snapshot of its root volume {root}.", "Only images with EBS can be copied.");
        }
        return new AwsImage(id, snapshot, gibibytes << 30);
    }

    private static string? Text(XElement element, string name) => element.Element(name)?.Value;
}
