// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.CompilerServices;

namespace Drift.Registry;

/// <summary>How the compiler hands <c>$"…"</c> to an <see cref="HtmlWriter"/>: in parts, so that literals and values are never mixed up.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlInterpolation
{
    private readonly HtmlWriter _html;

    public HtmlInterpolation(int literalLength, int formattedCount, HtmlWriter html)
    {
        _ = literalLength + formattedCount;
        _html = html;
    }

    public void AppendLiteral(string html) => _html.Literal(html);

    public void AppendFormatted(string? value) => _html.Value(value ?? "");

    public void AppendFormatted<T>(T value, string? format = null)
        where T : struct => _html.Value((value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value.ToString()) ?? "");
}
