// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A command of the shell, which runs once.</summary>
internal sealed class CommandInspector(IInspectedMachine machine) : Inspector(machine)
{
    private readonly ConcurrentDictionary<Check, Task<CommandOutput>> _runs = [];

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        var output = await _runs.GetOrAdd(check, check => Machine.RunAsync(check.Target, check.Timeout, cancellationToken)).ConfigureAwait(false);
        return property switch
        {
            "exit-status" => output.ExitCode,
            "stdout" => output.Text,
            _ => output.Error,
        };
    }
}
