// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>A form that asks for the same page again, with the part of a name in <c>?q=</c>.</summary>
internal static class SearchField
{
    public static void Write(HtmlWriter html, string label, string value) => html.Write($"""
        <form role="search" method="get"><label for="q">{label}</label><input id="q" name="q" type="search" maxlength="255" autocomplete="off" spellcheck="false" value="{value}"><button>Search</button></form>

        """);
}
