// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift copy SOURCE DEST</c></summary>
internal sealed class CopyCommand : Command
{
    private const int MaximumJobs = 64;
    private readonly Argument<string> _source = new("SOURCE") { Description = CommonOptions.Sources };
    private readonly Argument<string> _destination = new("DEST") { Description = CommonOptions.Destinations };
    private readonly Option<string[]> _platforms = new("--platform") { Description = "Copy only this platform of an index; may be given several times [default: all]", HelpName = "OS/ARCH" };
    private readonly Option<ImageFormat?> _format = CommonOptions.Format();
    private readonly Option<int?> _jobs = new("--jobs", "-j") { Description = "How many blobs travel at once [default: 4, or what the registry is known to take]", HelpName = "N" };

    private readonly Option<bool> _referrers = new("--referrers") { Description = "Copy also what refers to the image: signatures, SBOMs and other artifacts, and what refers to these" };

    public CopyCommand(CliHost host)
        : base("copy", "Copy an image from any place to any other")
    {
        Arguments.Add(_source);
        Arguments.Add(_destination);
        Options.Add(_platforms);
        Options.Add(_format);
        Options.Add(_jobs);
        Options.Add(_referrers);
        SetAction((result, cancellationToken) =>
        {
            var jobs = result.GetValue(_jobs);
            if (jobs is < 1 or > MaximumJobs) throw new DriftException(ErrorCode.InvalidSetting, $"--jobs {jobs} is not possible.", $"Give --jobs a number from 1 to {MaximumJobs}.");
            return Transfer.RunAsync(ImageLocation.Parse(result.GetRequiredValue(_source)), ImageLocation.Parse(result.GetRequiredValue(_destination)),
                [.. (result.GetValue(_platforms) ?? []).Select(Platform.Parse).Distinct()], result.GetValue(_format), jobs, result.GetValue(_referrers), host, result, cancellationToken);
        });
    }
}
