// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Text.Json;
using Drift.Deployment;
using Drift.Machines;

namespace Drift.Cli;

/// <summary>Tells which step begins, and how far it is: in words, or as one line of JSON with <c>--progress json</c>. What is said twice in a row is said once.</summary>
internal sealed class StepLines(CliHost host, ParseResult result) : IProgress<VmStep>, IProgress<CopyStep>
{
    private readonly Printer _printer = host.Printer(result);
    private readonly bool _json = result.GetValue(CommonOptions.Progress) == ProgressMode.Json;
    private readonly Lock _lock = new();
    private StepLine? _last;

    public void Report(VmStep value) => Show(new StepLine("step", value.Host, value.Name, value.Text));

    public void Report(CopyStep value) => Show(new StepLine("step", "machine", value.Name, value.Text));

    private void Show(StepLine line)
    {
        lock (_lock)
        {
            if (line == _last) return;
            _last = line;
            if (_json) host.Error.WriteLine(JsonSerializer.Serialize(line, OutputJsonContext.Default.StepLine));
            else _printer.Step($"{line.Host}: {line.Step}: {line.Text}");
        }
    }
}
