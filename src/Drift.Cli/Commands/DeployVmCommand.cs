// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift deploy vm HOST…</c></summary>
internal sealed class DeployVmCommand : Command
{
    private readonly Argument<string[]> _hosts = new("HOST") { Description = "The machines as ssh knows them: an alias, user@host or ssh://user@host:port; one after the other, up to the first that fails", Arity = ArgumentArity.OneOrMore };
    private readonly VmTarget _target = new();
    private readonly VmChange _change = new();
    private readonly VmImageChoice _image = new();
    private readonly Option<int?> _port = new("--port") { Description = "The port that the service answers at [default: the one that it has, or 80]", HelpName = "N" };
    private readonly Option<VmMode?> _mode = new ChoiceOption<VmMode?>("--mode", ("switch", VmMode.Switch), ("replace", VmMode.Replace))
    {
        Description = "switch: old and new run side by side, and nft sends new connections to the new one; replace: for machines without nft, stop the old one and start the new one, with a gap [default: the one that it has, or switch]",
    };
    private readonly Option<string[]> _environment = new("--env", "-e") { Description = "A variable for the container; may be given several times", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _environmentFile = new("--env-file") { Description = "Variables for the container, a NAME=VALUE a line", HelpName = "FILE" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check the image, the machine and the connection, say what would be done, and change nothing" };

    public DeployVmCommand(CliHost host)
        : base("vm", "Deploy an image to machines over SSH: the new version takes over when it is healthy, and goes back when it fails")
    {
        Arguments.Add(_hosts);
        _image.AddTo(this);
        _target.AddTo(this);
        foreach (var option in new Option[] { _port, _mode, _environment, _environmentFile, _dryRun }) Options.Add(option);
        _change.AddTo(this);
        PackSettings.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var hosts = result.GetRequiredValue(_hosts).Select(SshHost.Parse).ToArray();
        if (result.GetValue(_port) is < 1 or > ushort.MaxValue) throw new DriftException(ErrorCode.InvalidSetting, $"--port {result.GetValue(_port)} is not a port.", "Give --port a number from 1 to 65535.");
        var variables = await VariablesAsync(result, cancellationToken).ConfigureAwait(false);
        if (result.GetValue(_mode) == VmMode.Replace) printer.Warning("--mode replace: nothing answers from the stop of the old version until the new one is healthy");

        var opened = await _image.OpenAsync(result, host, cancellationToken).ConfigureAwait(false);
        await using var _ = opened.ConfigureAwait(false);
        var settings = _change.Of(result, host, _target, _target.NameOf(result, opened.Name)) with
        {
            Front = result.GetValue(_port), Mode = result.GetValue(_mode), Environment = variables, DryRun = result.GetValue(_dryRun),
        };
        var steps = new StepLines(host, result);
        var results = new List<VmResult>();
        foreach (var machine in hosts)
        {
            steps.Report(new VmStep(machine.ToString(), "connect", $"connecting, to deploy {opened.Image.Root.Digest}"));
            var vm = await _target.ConnectAsync(result, machine, cancellationToken).ConfigureAwait(false);
            await using var __ = vm.ConfigureAwait(false);
            results.Add(await vm.DeployAsync(opened.Image, settings, steps, cancellationToken).ConfigureAwait(false));
        }
        var report = new VmDeployReport(results);
        printer.Result(report, static () => OutputJsonContext.Default.VmDeployReport, () => report.Print(printer));
        return ExitCodes.Ok;
    }

    private async Task<IReadOnlyList<string>> VariablesAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (result.GetValue(_environmentFile) is { } file)
        {
            // The machine remembers them with each of twenty releases.
            const int Largest = 16 * 1024;
            if (!File.Exists(file)) throw new DriftException(ErrorCode.SourceNotFound, $"{file} does not exist.", "Name a file with --env-file that has a NAME=VALUE in each line.");
            if (new FileInfo(file).Length > Largest) throw new DriftException(ErrorCode.InvalidSetting, $"{file} is larger than {Largest / 1024} KiB.");
            foreach (var line in await File.ReadAllLinesAsync(file, cancellationToken).ConfigureAwait(false))
            {
                if (line.Trim().Length > 0 && !line.TrimStart().StartsWith('#')) Add(line, file);
            }
        }
        foreach (var variable in result.GetValue(_environment) ?? []) Add(variable, "--env");
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];

        void Add(string text, string origin)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? text[..equals].Trim() : "";
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') || text.Contains('\0', StringComparison.Ordinal))
            {
                throw new DriftException(ErrorCode.InvalidSetting, $"{origin} has a line that sets no variable.", "Write each as NAME=VALUE.");
            }
            if (name == "PORT") throw new DriftException(ErrorCode.InvalidSetting, $"{origin} sets PORT, by which the container is told where to listen.", "Leave it out, and choose the port that users see with --port.");
            variables[name] = text[(equals + 1)..];
        }
    }
}
