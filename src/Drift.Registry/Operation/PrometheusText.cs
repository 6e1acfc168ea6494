// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Registry;

/// <summary>Writes metrics in Prometheus's text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    /// <summary>The media type.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric.</summary>
    /// <param name="name">Its name, which ends with the unit, and for a counter with <c>_total</c>.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">What it is, in one line.</param>
    public PrometheusText Metric(string name, string type, string help)
    {
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        return this;
    }

    /// <summary>Writes a value.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="labels">Names and values; none of these holds a quote, a backslash or a line break, since all are words of the registry's own.</param>
    public PrometheusText Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++) _text.Append(i == 0 ? '{' : ',').Append(CultureInfo.InvariantCulture, $"{labels[i].Name}=\"{labels[i].Value}\"");
        if (labels.Length > 0) _text.Append('}');
        _text.Append(CultureInfo.InvariantCulture, $" {value:R}\n");
        return this;
    }

    /// <summary>Writes a metric that has one value.</summary>
    public PrometheusText Single(string name, string type, string help, double value) => Metric(name, type, help).Value(name, value);

    /// <summary>Writes a histogram's buckets, sum and count.</summary>
    public void Values(string name, Histogram histogram, string label, string value)
    {
        var sums = histogram.Accumulate();
        for (var i = 0; i < sums.Length; i++)
            Value($"{name}_bucket", sums[i], (label, value), ("le", i < Histogram.Bounds.Length ? Histogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf"));
        Value($"{name}_sum", histogram.Sum, (label, value));
        Value($"{name}_count", sums[^1], (label, value));
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
