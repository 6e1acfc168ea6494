// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Evaluates checks on a machine, once. What it has read is kept for the next check, so a repetition is a run of its own.</summary>
internal sealed class CheckRun
{
    // sshd opens ten sessions on one connection.
    private const int Concurrency = 4;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, Inspector> _inspectors;
    private readonly bool _strict;

    /// <param name="machine">What is checked.</param>
    /// <param name="strict">Whether what cannot be checked counts as failed.</param>
    /// <param name="clock">What tells how long it took.</param>
    public CheckRun(IInspectedMachine machine, bool strict = false, TimeProvider? clock = null)
    {
        _strict = strict;
        _clock = clock ?? TimeProvider.System;
        var files = new MachineFiles(machine);
        _inspectors = new Dictionary<string, Inspector>(StringComparer.Ordinal)
        {
            ["addr"] = new AddressInspector(machine),
            ["command"] = new CommandInspector(machine),
            ["dns"] = new NameInspector(machine),
            ["file"] = new FileInspector(machine, files),
            ["group"] = new GroupInspector(machine, files),
            ["http"] = new HttpInspector(machine),
            ["kernel-param"] = new KernelInspector(machine),
            ["matching"] = new MatchingInspector(machine),
            ["mount"] = new MountInspector(machine, files),
            ["package"] = new PackageInspector(machine, files),
            ["port"] = new PortInspector(machine, files),
            ["process"] = new ProcessInspector(machine),
            ["service"] = new ServiceInspector(machine),
            ["user"] = new UserInspector(machine, files),
        };
    }

    /// <summary>Evaluates them, some at the same time.</summary>
    public async Task<CheckReport> EvaluateAsync(IReadOnlyList<Check> checks, CancellationToken cancellationToken)
    {
        var (start, began) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        var groups = new IReadOnlyList<CheckResult>[checks.Count];
        await Parallel.ForAsync(0, checks.Count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (index, cancellationToken) => groups[index] = await EvaluateAsync(checks[index], cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return new CheckReport([.. groups.Where(group => group.Count > 0)], start, _clock.GetElapsedTime(began));
    }

    /// <summary>Evaluates checks until none fails, or the next time would be too late.</summary>
    /// <param name="machine">What is checked.</param>
    /// <param name="checks">The checks.</param>
    /// <param name="strict">Whether what cannot be checked counts as failed.</param>
    /// <param name="patience">For how long they are repeated; zero for once.</param>
    /// <param name="pause">How long to wait in between.</param>
    /// <param name="failed">Is told of each time that is not the last one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CheckReport> UntilPassedAsync(IInspectedMachine machine, IReadOnlyList<Check> checks, bool strict, TimeSpan patience, TimeSpan pause, Action<CheckReport> failed, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var report = await new CheckRun(machine, strict).EvaluateAsync(checks, cancellationToken).ConfigureAwait(false);
            if (report.IsPassed || TimeProvider.System.GetElapsedTime(began) + pause > patience) return report;
            failed(report);
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<CheckResult>> EvaluateAsync(Check check, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        var isSkipped = check.IsSkipped;
        foreach (var expectation in check.Expectations)
        {
            var (start, began) = (_clock.GetUtcNow(), _clock.GetTimestamp());
            var skipped = new CheckResult(check, expectation.Property, CheckOutcome.Skipped, start, TimeSpan.Zero) { Expected = expectation.Value };
            var result = isSkipped ? skipped with { SkipReason = results.FirstOrDefault()?.SkipReason } : await EvaluateAsync(skipped, expectation, cancellationToken).ConfigureAwait(false);
            results.Add(result with { Duration = _clock.GetElapsedTime(began) });
            isSkipped |= check.Kind.IsDecidedByFirst && results.Count == 1 && (result.Outcome != CheckOutcome.Passed || (result.Actual is JsonValue value && value.TryGetValue<bool>(out var isThere) && !isThere));
        }
        return results;
    }

    private async Task<CheckResult> EvaluateAsync(CheckResult result, Expectation expectation, CancellationToken cancellationToken)
    {
        try
        {
            var actual = await _inspectors[result.Check.Kind.Key].ReadAsync(result.Check, expectation.Property, cancellationToken).ConfigureAwait(false);
            return expectation.Matcher.Matches(actual)
                ? result with { Outcome = CheckOutcome.Passed, Actual = actual }
                : result with { Outcome = CheckOutcome.Failed, Failure = expectation.Matcher.Explain(actual) };
        }
        catch (NotCheckableException e)
        {
            return _strict ? result with { Outcome = CheckOutcome.Failed, Error = e.Message } : result with { SkipReason = e.Message };
        }
        catch (Exception e) when (e is CheckException or IOException or UnauthorizedAccessException)
        {
            return result with { Outcome = CheckOutcome.Failed, Error = e.Message };
        }
    }
}
