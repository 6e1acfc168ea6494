// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Runs commands on a machine that is up: this one, or another one over SSH.</summary>
internal interface IShell
{
    /// <summary>Runs a command of <c>sh</c>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="timeout">When it is ended.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="input">What it reads; others on the machine see a command, and not this. Null for nothing.</param>
    /// <exception cref="CheckException">It took too long, or wrote more than <see cref="CommandOutput.MaximumOutput"/>.</exception>
    Task<CommandOutput> RunAsync(string command, TimeSpan timeout, CancellationToken cancellationToken, string? input = null);
}
