// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Runs a target on one input after the other, and tells what it does not deal with.</summary>
internal sealed partial class FuzzRun(FuzzTarget target)
{
    // Tables, buffers and libraries' own caches; and what a byte may cost that stands for a thousand, as in gzip.
    private const long AllocationAtOnce = 128L * 1024 * 1024;
    private const long AllocationPerByte = 16 * 1024;

    /// <summary>Runs one input. Either the finding or the outcome is null.</summary>
    public async Task<(Finding? Finding, string? Outcome)> RunAsync(byte[] input)
    {
        // Inputs are in memory, so everything completes on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        string outcome;
        try
        {
            outcome = await target.RunAsync(input);
        }
        catch (DriftException e)
        {
            if (string.IsNullOrWhiteSpace(e.Message) || string.IsNullOrWhiteSpace(e.Hint)) return (new Finding(input, "no message or no hint", e.ToString()), null);
            outcome = Numbers().Replace(e.Message.Length > 200 ? e.Message[..200] : e.Message, "#");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (new Finding(input, e is InvariantException ? e.Message : $"{e.GetType().Name} {e.StackTrace?.Split('\n')[0].Trim()}", e.ToString()), null);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > AllocationAtOnce + AllocationPerByte * input.Length
            ? (new Finding(input, "allocation", string.Create(CultureInfo.InvariantCulture, $"{allocated} bytes were allocated for {input.Length} bytes of input.")), null)
            : (null, outcome);
    }

    /// <summary>A smaller input with the same fault: parts are left out for as long as it stays.</summary>
    public async Task<Finding> MinimiseAsync(Finding finding)
    {
        var unit = Math.Max(1, target.BlockSize);
        for (var size = Math.Max(unit, finding.Input.Length / 2 / unit * unit); ; size = Math.Max(unit, size / 2 / unit * unit))
        {
            for (var start = 0; start < finding.Input.Length;)
            {
                byte[] shorter = [.. finding.Input.AsSpan(0, start), .. finding.Input.AsSpan(Math.Min(finding.Input.Length, start + size))];
                if ((await RunAsync(shorter)).Finding is { } same && same.Kind == finding.Kind) finding = same;
                else start += size;
            }
            if (size == unit) return finding;
        }
    }

    [GeneratedRegex("[0-9a-f]{8,}|[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
