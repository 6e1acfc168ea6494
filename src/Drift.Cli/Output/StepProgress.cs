// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>Tells steps as they come, in their order.</summary>
internal sealed class StepProgress(Printer printer) : IProgress<string>
{
    public void Report(string value) => printer.Step(value);
}
