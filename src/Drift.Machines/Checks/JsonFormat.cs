// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>goss's format <c>json</c>: one object on one line, its keys in the order of the alphabet. Times are in nanoseconds.</summary>
internal static class JsonFormat
{
    private const long NanosecondsPerTick = 100;

    public static string Write(CheckReport report) => new JsonObject
    {
        ["results"] = new JsonArray([.. report.Results.Select(Result)]),
        ["summary"] = new JsonObject
        {
            ["failed-count"] = report.Failed,
            ["skipped-count"] = report.Skipped,
            ["summary-line"] = $"{CheckText.Counts(report)}, Duration: {CheckText.Seconds(report.Duration)}s",
            ["test-count"] = report.Count,
            ["total-duration"] = report.Duration.Ticks * NanosecondsPerTick,
        },
    }.ToJsonString() + "\n";

    private static JsonObject Result(CheckResult result)
    {
        var json = new JsonObject
        {
            ["duration"] = result.Duration.Ticks * NanosecondsPerTick,
            ["end-time"] = Time(result.Start + result.Duration),
            ["err"] = result.Error,
            ["matcher-result"] = Matcher(result),
            ["meta"] = result.Check.Meta?.DeepClone(),
            ["property"] = result.Property,
            ["resource-id"] = result.Check.Id,
            ["resource-type"] = result.Check.Kind.Name,
            ["result"] = (int)result.Outcome,
            ["skipped"] = result.Outcome == CheckOutcome.Skipped,
            ["start-time"] = Time(result.Start),
            ["successful"] = result.Outcome != CheckOutcome.Failed,
            ["summary-line"] = CheckText.Of(result, compact: false),
            ["summary-line-compact"] = CheckText.Of(result, compact: true),
            ["title"] = result.Check.Title,
        };
        // goss has no reason; who reads its format leaves out what it does not know.
        if (result.SkipReason is { } reason) json["skip-reason"] = reason;
        return json;
    }

    private static JsonObject Matcher(CheckResult result)
    {
        var failure = result.Failure;
        var isPassed = result.Outcome == CheckOutcome.Passed;
        return new JsonObject
        {
            ["actual"] = CheckText.Shortened(isPassed ? result.Actual : failure?.Actual),
            ["expected"] = (isPassed ? result.Expected : failure?.Expected)?.DeepClone(),
            ["extra-elements"] = failure?.Extra?.DeepClone(),
            ["found-elements"] = failure?.Found?.DeepClone(),
            ["message"] = isPassed ? "matches expectation" : failure?.Message ?? "",
            ["missing-elements"] = failure?.Missing?.DeepClone(),
            ["transform-chain"] = failure?.Conversion is { } conversion ? new JsonArray(new JsonObject { [conversion.Name] = new JsonObject() }) : null,
            ["untransformed-value"] = CheckText.Shortened(failure?.Raw),
        };
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
