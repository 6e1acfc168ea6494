// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Deployment;
using Drift.Machines;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift machine check HOST|ROOT --goss FILE</c></summary>
internal sealed class MachineCheckCommand : Command
{
    private readonly Argument<string> _machine = new("HOST|ROOT") { Description = "The machine as ssh knows it (an alias, user@host or ssh://user@host:port), or a folder that holds the files of one; a folder that exists is a folder, and / is this machine" };
    private readonly Option<string> _goss = new("--goss") { Description = "The goss file that says what is expected", HelpName = "FILE", Required = true };
    private readonly Option<string> _format = new ChoiceOption<string>("--format", ("documentation", "documentation"), ("junit", "junit"), ("json", "json"))
    {
        Description = "How results are printed, as goss does: documentation, junit or json; --json is json [default: documentation]",
        DefaultValueFactory = static _ => "documentation",
    };
    private readonly Option<string[]> _only = new("--only") { Description = "Evaluate this kind of resource alone, or this resource: service, or service:ssh; may be given several times", HelpName = "KIND[:NAME]" };
    private readonly Option<bool> _strict = new("--strict") { Description = "Count what cannot be checked as failed: what runs, when it is a folder" };
    private readonly Option<bool> _sudo = new("--sudo") { Description = "Look at the machine as root, by sudo -n" };
    private readonly QuantityOption<TimeSpan> _retry = Time("--retry-timeout", "Repeat all checks while some fail, as long as the next time would begin before this [default: not at all]");
    private readonly QuantityOption<TimeSpan> _sleep = Time("--sleep", "How long to wait before they are repeated [default: 1s]");
    private readonly QuantityOption<TimeSpan> _timeout = Time("--timeout", "Give up when all of it takes longer than this [default: 10m]");
    private readonly SshOptions _ssh = new();

    public MachineCheckCommand(CliHost host)
        : base("check", "Check a machine, or a folder of one, against a goss file, without an agent; ends with 7 when something is not as expected")
    {
        Arguments.Add(_machine);
        foreach (var option in new Option[] { _goss, _format, _only, _strict, _sudo, _retry, _sleep, _timeout }) Options.Add(option);
        _ssh.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var format = printer.IsJson ? "json" : result.GetRequiredValue(_format);
        var checks = Chosen(GossFile.Read(result.GetRequiredValue(_goss)), result.GetValue(_only) ?? []);
        var timeout = result.GetValue(_timeout) ?? TimeSpan.FromMinutes(10);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            var report = await EvaluateAsync(result, checks, printer, limit.Token).ConfigureAwait(false);
            var text = format switch { "junit" => JUnitFormat.Write(report), "json" => JsonFormat.Write(report), _ => DocumentationFormat.Write(report) };
            foreach (var line in text.TrimEnd('\n').Split('\n')) printer.Line(line);
            return report.IsPassed ? ExitCodes.Ok : ExitCodes.VerificationFailed;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DriftException(ErrorCode.NotHealthy, $"The checks of {result.GetRequiredValue(_machine)} did not end in {GoDuration.Text(timeout)}.", "Look for what hangs there, or give it more time with --timeout.", e);
        }
    }

    private async Task<CheckReport> EvaluateAsync(ParseResult result, IReadOnlyList<Check> checks, Printer printer, CancellationToken cancellationToken)
    {
        var name = result.GetRequiredValue(_machine);
        if (Directory.Exists(name) && result.GetValue(_sudo)) throw new DriftException(ErrorCode.NotSupported, $"{name} is a folder here, and --sudo is for machines that ssh reaches.", "Run drift itself by sudo.");
        if (Directory.Exists(name)) return await EvaluateAsync(result, checks, Folder(name), printer, cancellationToken).ConfigureAwait(false);
        if (name.StartsWith('/') || name.StartsWith('.')) throw new DriftException(ErrorCode.SourceNotFound, $"There is no folder {name}.", "Name a folder that holds the files of a machine, or a machine as ssh knows it.");
        var connection = await SshConnection.OpenAsync(SshHost.Parse(name), _ssh.Settings(result), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var shell = new SshShell(connection, result.GetValue(_sudo));
        await shell.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await EvaluateAsync(result, checks, new ShellMachine(shell), printer, cancellationToken).ConfigureAwait(false);
    }

    private Task<CheckReport> EvaluateAsync(ParseResult result, IReadOnlyList<Check> checks, IInspectedMachine machine, Printer printer, CancellationToken cancellationToken)
    {
        var attempt = 1;
        var sleep = result.GetValue(_sleep) ?? TimeSpan.FromSeconds(1);
        return CheckRun.UntilPassedAsync(machine, checks, result.GetValue(_strict), result.GetValue(_retry) ?? TimeSpan.Zero, sleep,
            report => printer.Step(string.Create(CultureInfo.InvariantCulture, $"{report.Failed} of {report.Count} failed: attempt #{++attempt} in {GoDuration.Text(sleep)}")), cancellationToken);
    }

    private static IInspectedMachine Folder(string name)
    {
        if (Path.GetFullPath(name) == "/") return new ShellMachine(new LocalShell());
        return Directory.Exists(Path.Combine(name, "etc"))
            ? new FolderMachine(name)
            : throw new DriftException(ErrorCode.UnrecognisedSource, $"{name} holds no machine: there is no etc in it.", "Name the folder in which a machine's file system begins.");
    }

    private static IReadOnlyList<Check> Chosen(IReadOnlyList<Check> checks, string[] only)
    {
        foreach (var choice in only)
        {
            if (!checks.Any(check => IsChosen(check, choice))) throw new DriftException(ErrorCode.InvalidSetting, $"The goss file has no '{choice}'.", "Give --only a kind of resource that is in it, for example service, or service:ssh.");
        }
        return only.Length == 0 ? checks : [.. checks.Where(check => only.Any(choice => IsChosen(check, choice)))];
    }

    private static bool IsChosen(Check check, string choice) => choice == check.Kind.Key || choice == $"{check.Kind.Key}:{check.Id}";

    // As goss takes them.
    private static QuantityOption<TimeSpan> Time(string name, string description) => new(name, description, "time", "a number with ms, s, m or h, for example 90s, and a day at most", GoDuration.TryParse);
}
