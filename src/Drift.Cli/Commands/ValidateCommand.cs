// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift validate SOURCE</c></summary>
internal sealed class ValidateCommand : Command
{
    private readonly Argument<string> _source = new("SOURCE") { Description = CommonOptions.Sources };

    public ValidateCommand(CliHost host)
        : base("validate", "Check an image: digests, sizes, layers, tar safety, and its program; exits with 7 when there are errors, else with 0")
    {
        Arguments.Add(_source);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var location = ImageLocation.Parse(result.GetRequiredValue(_source));
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var bag = new FindingBag();
        var images = await ImageValidator.ValidateAsync(origin.Source, origin.Root, bag, cancellationToken).ConfigureAwait(false);
        foreach (var image in images) await ElfImageValidator.ValidateAsync(origin.Source, image, bag, cancellationToken).ConfigureAwait(false);

        var findings = bag.Sorted().Select(finding => new FindingReport(finding.Code, Word(finding.Severity), finding.Location, finding.Message)).ToArray();
        var report = new ValidateReport(location.ToString(), origin.Root.Digest.ToString(), !bag.HasErrors, findings, bag.LeftOut);
        if (printer.IsJson)
        {
            printer.Json(report, OutputJsonContext.Default.ValidateReport);
        }
        else
        {
            foreach (var finding in findings) printer.Line($"{finding.Severity} {finding.Id} {finding.Location}: {finding.Message}");
            if (bag.LeftOut > 0) printer.Line($"{bag.LeftOut} more of the same kinds are not shown");
            printer.Step(bag.HasErrors ? $"{location} has errors" : $"{location} is valid");
        }
        return bag.HasErrors ? ExitCodes.VerificationFailed : ExitCodes.Ok;
    }

    private static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };
}
