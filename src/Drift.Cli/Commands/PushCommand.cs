// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift push SOURCE REF</c></summary>
internal sealed class PushCommand : Command
{
    private readonly Argument<string> _source = new("SOURCE") { Description = CommonOptions.Sources };
    private readonly Argument<string> _reference = new("REF") { Description = "Where to, for example ghcr.io/me/site:1" };
    private readonly Option<string?> _platform = new("--platform") { Description = "Push only the image of this platform", HelpName = "OS/ARCH" };
    private readonly Option<ImageFormat?> _format = CommonOptions.Format();

    public PushCommand(CliHost host)
        : base("push", "Push an image from a layout, an archive or a container engine to a registry")
    {
        Arguments.Add(_source);
        Arguments.Add(_reference);
        Options.Add(_platform);
        Options.Add(_format);
        SetAction((result, cancellationToken) =>
        {
            var to = ImageLocation.Parse(result.GetRequiredValue(_reference));
            if (to.Transport != ImageTransport.Registry) throw new DriftException(ErrorCode.NotSupported, $"{to} is not in a registry.", "Use drift pull to write a layout, an archive or into an engine.");
            var platform = result.GetValue(_platform);
            return Transfer.RunAsync(ImageLocation.Parse(result.GetRequiredValue(_source)), to, platform is null ? [] : [Platform.Parse(platform)], result.GetValue(_format), null, referrers: false, host, result, cancellationToken);
        });
    }
}
