// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Machines;

/// <summary>goss's format <c>documentation</c>: every result, what failed or was skipped once more, and the counts.</summary>
internal static class DocumentationFormat
{
    public static string Write(CheckReport report)
    {
        var text = new StringBuilder();
        foreach (var group in report.Groups) Write(text, group);
        text.Append("\n\n");
        var remarkable = report.Groups.Select(group => group.Where(result => result.Outcome != CheckOutcome.Passed).ToArray()).Where(group => group.Length > 0).ToArray();
        if (remarkable.Length > 0) text.Append("Failures/Skipped:\n\n");
        foreach (var group in remarkable)
        {
            Write(text, group);
            text.Append('\n');
        }
        return text.Append("Total Duration: ").Append(CheckText.Seconds(report.Duration)).Append("s\n").Append(CheckText.Counts(report)).Append('\n').ToString();
    }

    private static void Write(StringBuilder text, IReadOnlyList<CheckResult> group)
    {
        text.Append(CheckText.Header(group[0].Check));
        foreach (var result in group) text.Append(CheckText.Of(result, compact: false)).Append('\n');
    }
}
