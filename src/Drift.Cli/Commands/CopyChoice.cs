// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Machines;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>What a copy makes, and how: what both kinds of <c>drift machine copy</c> take alike.</summary>
/// <param name="owner">What the variables of whoever owns the bucket begin with.</param>
internal sealed class CopyChoice(string owner)
{
    private static readonly TimeSpan LongestLink = TimeSpan.FromDays(7);
    private readonly Option<string?> _to = new("--to-profile") { Description = "The profile of ~/.oci/config for the tenancy of the new image [default: the variables PROD_OCI_…]", HelpName = "NAME" };
    private readonly Option<string?> _compartment = new("--compartment") { Description = "The OCID of the new image's compartment [default: $PROD_OCI_COMPARTMENT_OCID]", HelpName = "OCID" };
    private readonly Option<string> _name = new("--name") { Description = "The new image's name", HelpName = "NAME", Required = true };
    private readonly Option<string?> _bucket = new("--bucket") { Description = $"The bucket that the image goes through, in the region of {(owner == "BUILD_OCI_" ? "the old" : "the new")} image [default: ${owner}BUCKET]", HelpName = "BUCKET" };
    private readonly Option<string?> _namespace = new("--namespace") { Description = $"The bucket's namespace [default: ${owner}NAMESPACE, or the tenancy's]", HelpName = "N" };
    private readonly Option<string?> _object = new("--object") { Description = "The object's name in the bucket, where it is for a while [default: one of its own]", HelpName = "NAME" };
    private readonly Option<string[]> _shapes = new("--shape") { Description = $"A shape that the image can be used with; may be given several times [default: {OracleImageOptions.ArmShape}]", HelpName = "SHAPE" };
    private readonly TimeOption _expires = new("--expires", "How long the link to the object works [default: 6h]");
    private readonly TimeOption _timeout = new("--timeout", "How long to wait for the export, and for the import [default: 4h]");
    private readonly TimeOption _poll = new("--poll", "How often to ask how far they are [default: 15s]");
    private readonly Option<string?> _journal = new("--journal") { Description = "The folder for the journal, by which a copy that was cut goes on [default: $XDG_STATE_HOME/drift/copies]", HelpName = "DIR" };
    private readonly Option<bool> _keep = new("--keep") { Description = "Keep the object when the import fails, for the next run" };
    private readonly Option<bool> _abort = new("--abort") { Description = "Remove what an earlier run has left, instead of going on" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check, and print every call that would be made; change nothing" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _to, _compartment, _name, _bucket, _namespace, _object, _shapes, _expires, _timeout, _poll, _journal, _keep, _abort, _dryRun }) command.Options.Add(option);
    }

    public OracleClient Destination(ParseResult result, CliHost host) => CloudSettings.Oracle(host, "PROD_OCI_", result.GetValue(_to));

    public async Task<int> RunAsync(ParseResult result, CliHost host, string image, Func<CopySettings, ICopySource> open, CancellationToken cancellationToken)
    {
        using var destination = Destination(result, host);
        var settings = Settings(result, host, image, destination.Access.Region);
        using var source = open(settings);
        var printer = host.Printer(result);
        var copy = new ImageCopy(source, destination, settings, new StepLines(host, result));
        if (result.GetValue(_dryRun))
        {
            var calls = (await copy.PlanAsync(cancellationToken).ConfigureAwait(false)).Select(request => new PlannedCall(request.Method.Method, Uri.UnescapeDataString(ClientOf(request, source, destination).AddressOf(request).AbsoluteUri), request.Body)).ToArray();
            printer.Result(new CopyReport(image, null, calls), static () => OutputJsonContext.Default.CopyReport, () =>
            {
                foreach (var call in calls) printer.Line($"{call.Method} {call.Url}{(call.Body is null ? "" : " " + call.Body.ToJsonString())}");
            });
            return ExitCodes.Ok;
        }
        using var journal = CopyJournal.Open(result.GetValue(_journal) ?? Path.Combine(host.Variable("XDG_STATE_HOME") ?? Path.Combine(host.Variable("HOME") ?? ".", ".local", "state"), "drift", "copies"), settings.Id);
        if (result.GetValue(_abort))
        {
            await copy.AbortAsync(journal, cancellationToken).ConfigureAwait(false);
            printer.Result(new CopyReport(image, null, null), static () => OutputJsonContext.Default.CopyReport, () => printer.Line("Nothing is left of the copy."));
            return ExitCodes.Ok;
        }
        var copied = await copy.RunAsync(journal, cancellationToken).ConfigureAwait(false);
        printer.Result(new CopyReport(image, copied, null), static () => OutputJsonContext.Default.CopyReport, () => printer.Line(copied));
        return ExitCodes.Ok;
    }

    // Objects are their owner's; images of the new tenancy are made by whoever is there.
    private static OracleClient ClientOf(OracleRequest request, ICopySource source, OracleClient destination) =>
        request.Service == "objectstorage" || request.Target.Contains("/actions/export", StringComparison.Ordinal) || request.Target.Contains("/workRequests/", StringComparison.Ordinal) ? source.Storage : destination;

    private CopySettings Settings(ParseResult result, CliHost host, string image, string region)
    {
        var compartment = result.GetValue(_compartment) ?? host.Variable("PROD_OCI_COMPARTMENT_OCID") ?? throw new DriftException(ErrorCode.InvalidSetting, "It is not said which compartment gets the image.", "Give --compartment, or set PROD_OCI_COMPARTMENT_OCID.");
        OracleId.Check(compartment, "compartment", "tenancy");
        var name = result.GetRequiredValue(_name);
        var expires = result.GetValue(_expires) ?? TimeSpan.FromHours(6);
        if (expires < TimeSpan.FromMinutes(5) || expires > LongestLink) throw new DriftException(ErrorCode.InvalidSetting, $"--expires {expires} is not possible: an import takes some minutes at least, and a link that works for long is a risk.", "Give --expires a time from 5m to 7d.");
        return new CopySettings
        {
            Id = CopyJournal.IdOf(image, compartment, region, name),
            Compartment = compartment,
            Name = name,
            Bucket = result.GetValue(_bucket) ?? host.Variable(owner + "BUCKET") ?? throw new DriftException(ErrorCode.InvalidSetting, "It is not said which bucket the image goes through.", $"Give --bucket, or set {owner}BUCKET."),
            Namespace = result.GetValue(_namespace) ?? host.Variable(owner + "NAMESPACE"),
            ObjectName = result.GetValue(_object),
            Shapes = result.GetValue(_shapes) is { Length: > 0 } shapes ? [.. shapes.Distinct(StringComparer.Ordinal)] : [OracleImageOptions.ArmShape],
            LinkLife = expires,
            Timeout = result.GetValue(_timeout) ?? TimeSpan.FromHours(4),
            Poll = result.GetValue(_poll) ?? TimeSpan.FromSeconds(15),
            KeepsObject = result.GetValue(_keep),
        };
    }
}
