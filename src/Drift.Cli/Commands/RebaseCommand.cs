// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;

namespace Drift.Cli;

/// <summary><c>drift rebase SOURCE --old-base OLD --new-base NEW -o DEST</c></summary>
internal sealed class RebaseCommand : Command
{
    private readonly ImageChange _change = new();
    private readonly Option<string> _oldBase = new("--old-base") { Description = "The base that the image was built from", HelpName = "SOURCE", Required = true };
    private readonly Option<string> _newBase = new("--new-base") { Description = "The base that it gets", HelpName = "SOURCE", Required = true };

    public RebaseCommand(CliHost host)
        : base("rebase", "Put an image's own layers onto another base")
    {
        _change.AddTo(this);
        Options.Add(_oldBase);
        Options.Add(_newBase);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        using var settings = new PackSettings(result, host);
        var (oldPlace, newPlace) = (ImageLocation.Parse(result.GetRequiredValue(_oldBase)), ImageLocation.Parse(result.GetRequiredValue(_newBase)));
        var oldBase = await ImageOrigin.OpenAsync(oldPlace, settings.RegistriesFor(oldPlace), settings.Cache, cancellationToken).ConfigureAwait(false);
        await using var _ = oldBase.ConfigureAwait(false);
        var newBase = await ImageOrigin.OpenAsync(newPlace, settings.RegistriesFor(newPlace), settings.Cache, cancellationToken).ConfigureAwait(false);
        await using var __ = newBase.ConfigureAwait(false);
        return await _change.RunAsync(result, host,
            async image => image.Rebase(
                await oldBase.ReadImageAsync(image.Platform, cancellationToken).ConfigureAwait(false),
                await newBase.ReadImageAsync(image.Platform, cancellationToken).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
    }
}
