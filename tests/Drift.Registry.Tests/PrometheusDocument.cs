// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;

namespace Drift.Registry.Tests;

/// <summary>Metrics in Prometheus's text format, read more strictly than Prometheus does.</summary>
internal sealed partial class PrometheusDocument
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    private PrometheusDocument()
    {
    }

    /// <summary>Every series with its labels, as it is written.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    /// <summary>A value; 0 when there is no such series.</summary>
    public double this[string series] => _values.GetValueOrDefault(series);

    public static PrometheusDocument Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var document = new PrometheusDocument();
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var current = "";
        var help = "";
        foreach (var line in text.Split('\n')[..^1])
        {
            if (HelpLine().Match(line) is { Success: true } described)
            {
                help = described.Groups["name"].Value;
                continue;
            }
            if (TypeLine().Match(line) is { Success: true } typed)
            {
                current = typed.Groups["name"].Value;
                Assert.Equal(help, current);
                Assert.True(types.TryAdd(current, typed.Groups["type"].Value), $"{current} is there twice");
                if (types[current] == "counter") Assert.EndsWith("_total", current, StringComparison.Ordinal);
                continue;
            }
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, line);
            var name = sample.Groups["name"].Value;
            if (types[current] == "histogram") Assert.Contains(name, new[] { current + "_bucket", current + "_sum", current + "_count" });
            else Assert.Equal(current, name);
            Assert.True(document._values.TryAdd(name + sample.Groups["labels"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)), $"{line} is there twice");
        }
        return document;
    }

    [GeneratedRegex("^# HELP (?<name>[a-z_]+) [A-Z][^\\n\\\\]*\\.$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) (?<type>counter|gauge|histogram)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex("^(?<name>[a-z_]+)(?<labels>\\{[a-z]+=\"[^\"\\\\]*\"(,[a-z]+=\"[^\"\\\\]*\")*\\})? (?<value>[0-9.E+-]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SampleLine();
}
