// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Drift.Registry;

/// <summary>
/// HTML while it is written. What stands in the source code goes out as it is; every value between braces is escaped, shortened and made
/// visible, whatever it is and wherever it comes from. There is no other way in.
/// </summary>
internal sealed class HtmlWriter
{
    // The page is UTF-8: letters of all languages stay what they are.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text = new();

    /// <summary>Writes literals and escaped values.</summary>
    public HtmlWriter Write([InterpolatedStringHandlerArgument("")] ref HtmlInterpolation html)
    {
        _ = html; // It has written itself.
        return this;
    }

    /// <summary>The bytes of the document.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    internal void Literal(string html) => _text.Append(html);

    internal void Value(string text) => _text.Append(Encoder.Encode(VisibleText.Of(text)));
}
