// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift pull REF DEST</c></summary>
internal sealed class PullCommand : Command
{
    private readonly Argument<string> _reference = new("REF") { Description = "The image, for example ghcr.io/me/site:1" };
    private readonly Argument<string> _destination = new("DEST") { Description = CommonOptions.Destinations };
    private readonly Option<string?> _platform = new("--platform") { Description = "Pull only the image of this platform", HelpName = "OS/ARCH" };
    private readonly Option<ImageFormat?> _format = CommonOptions.Format();

    public PullCommand(CliHost host)
        : base("pull", "Pull an image from a registry into a layout, an archive or a container engine")
    {
        Arguments.Add(_reference);
        Arguments.Add(_destination);
        Options.Add(_platform);
        Options.Add(_format);
        SetAction((result, cancellationToken) =>
        {
            var from = ImageLocation.Parse(result.GetRequiredValue(_reference));
            if (from.Transport != ImageTransport.Registry) throw new DriftException(ErrorCode.NotSupported, $"{from} is not in a registry.", "Use drift push to send a layout, an archive or an engine's image.");
            var platform = result.GetValue(_platform);
            return Transfer.RunAsync(from, ImageLocation.Parse(result.GetRequiredValue(_destination)), platform is null ? [] : [Platform.Parse(platform)], result.GetValue(_format), null, referrers: false, host, result, cancellationToken);
        });
    }
}
