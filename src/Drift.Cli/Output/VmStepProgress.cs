// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Text.Json;
using Drift.Deployment;

namespace Drift.Cli;

/// <summary>Tells which step of a deployment begins: in words, or as one line of JSON with <c>--progress json</c>.</summary>
internal sealed class VmStepProgress(CliHost host, ParseResult result) : IProgress<VmStep>
{
    private readonly Printer _printer = host.Printer(result);
    private readonly bool _json = result.GetValue(CommonOptions.Progress) == ProgressMode.Json;

    public void Report(VmStep value)
    {
        if (_json) host.Error.WriteLine(JsonSerializer.Serialize(new StepLine("step", value.Host, value.Name, value.Text), OutputJsonContext.Default.StepLine));
        else _printer.Step($"{value.Host}: {value.Name}: {value.Text}");
    }
}
