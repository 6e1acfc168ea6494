// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift flatten SOURCE [--last N] -o DEST</c></summary>
internal sealed class FlattenCommand : Command
{
    private readonly ImageChange _change = new();
    private readonly Option<int?> _last = new("--last") { Description = "Merge only the topmost N layers [default: all]", HelpName = "N" };

    public FlattenCommand(CliHost host)
        : base("flatten", "Merge the layers of an image into one, deletions applied")
    {
        _change.AddTo(this);
        Options.Add(_last);
        SetAction((result, cancellationToken) => _change.RunAsync(result, host, image => Task.FromResult(Flatten(image, result.GetValue(_last))), cancellationToken));
    }

    private static Image Flatten(Image image, int? last)
    {
        if (last is not { } count) return image.Flatten();
        return count >= 1 && count <= image.Layers.Count ? image.Squash(count) : throw new DriftException(ErrorCode.NotSupported,
            $"The image for {image.Platform} has {image.Layers.Count} layers, so {count} cannot be merged.", "Give --last a number of layers that the image has.");
    }
}
