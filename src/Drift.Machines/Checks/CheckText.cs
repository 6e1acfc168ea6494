// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Results in the words of goss.</summary>
internal static class CheckText
{
    // A file's whole content says no more than its beginning does.
    private const int MaximumValue = 2000;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A result as one line, or as goss breaks it into several.</summary>
    public static string Of(CheckResult result, bool compact)
    {
        var name = Name(result);
        return result.Outcome switch
        {
            CheckOutcome.Passed => $"{name}: matches expectation: {Json(result.Expected)}",
            CheckOutcome.Skipped => result.SkipReason is { } reason ? $"{name}: skipped: {reason}" : $"{name}: skipped",
            _ => $"{name}:{(compact ? " " : "\n")}{string.Join(compact ? " " : "\n", Why(result, compact))}",
        };
    }

    /// <summary>What a result is of, for example <c>File: /etc/passwd: exists</c>.</summary>
    public static string Name(CheckResult result) => $"{result.Check.Kind.Name}: {result.Check.Id}: {result.Property}";

    /// <summary>The lines of title and meta that stand above the results of a resource.</summary>
    public static string Header(Check check)
    {
        var lines = new StringBuilder();
        if (check.Title.Length > 0) lines.Append("Title: ").Append(check.Title).Append('\n');
        if (check.Meta is null) return lines.ToString();
        lines.Append("Meta:\n");
        foreach (var (key, value) in check.Meta.OrderBy(pair => pair.Key, StringComparer.Ordinal)) lines.Append("    ").Append(key).Append(": ").Append(value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : Json(value)).Append('\n');
        return lines.ToString();
    }

    /// <summary>The counts, as the last line has them.</summary>
    public static string Counts(CheckReport report) => string.Create(CultureInfo.InvariantCulture, $"Count: {report.Count}, Failed: {report.Failed}, Skipped: {report.Skipped}");

    /// <summary>Seconds with three digits.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A value that was found, cut off when it is long.</summary>
    public static JsonNode? Shortened(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var whole) && whole.Length > MaximumValue ? JsonValue.Create(whole[..MaximumValue] + "…") : value?.DeepClone();

    private static List<string> Why(CheckResult result, bool compact)
    {
        if (result.Error is { } error) return ["Error", Indented(compact ? string.Join(' ', error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : error, compact)];
        var failure = result.Failure!;
        var parts = new List<string> { "Expected", Value(Shortened(failure.Actual)), failure.Message, Value(failure.Expected) };
        if (failure.Missing is { } missing) parts.AddRange(["the missing elements were", Value(missing)]);
        if (failure.Extra is { } extra) parts.AddRange(["the extra elements were", Value(extra)]);
        if (failure.Conversion is { } conversion) parts.AddRange(["the transform chain was", Indented($"[{{\"{conversion.Name}\":{{}}}}]", compact), "the raw value was", Value(Shortened(failure.Raw))]);
        return parts;

        string Value(JsonNode? value) => Indented(Json(value), compact);
    }

    private static string Indented(string text, bool compact) => compact ? text : "    " + text.TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal);

    private static string Json(JsonNode? value) => value?.ToJsonString(Readable) ?? "null";
}
