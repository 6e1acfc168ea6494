// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>One thing that a registry was asked to do.</summary>
/// <param name="Name">What it is, in a word or two.</param>
/// <param name="Outcome">Whether it can.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Advice">What to do about it, as one sentence; null for nothing.</param>
/// <param name="Error">What kind of error it was; null for none.</param>
public sealed record ProbeResult(string Name, ProbeOutcome Outcome, string Detail, string? Advice = null, ErrorCode? Error = null)
{
    /// <summary>Asks one thing; an error becomes a result.</summary>
    internal static async Task<ProbeResult> OfAsync(string name, Func<Task<(bool Can, string Detail)>> probe)
    {
        try
        {
            var (can, detail) = await probe().ConfigureAwait(false);
            return new ProbeResult(name, can ? ProbeOutcome.Yes : ProbeOutcome.No, detail);
        }
        catch (DriftException e)
        {
            return new ProbeResult(name, ProbeOutcome.Failed, e.Message, e.Hint, e.Code);
        }
    }
}
