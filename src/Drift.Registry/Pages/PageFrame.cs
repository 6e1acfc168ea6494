// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>What all pages begin and end with.</summary>
internal static class PageFrame
{
    /// <summary>Where people read how the registry is used.</summary>
    public const string Documentation = "https://github.com/drift-images/drift/blob/main/docs/registry.md";

    /// <summary>Writes everything before a page's own content.</summary>
    /// <param name="html">The document.</param>
    /// <param name="title">The page's title and heading.</param>
    /// <param name="visitor">Who looks at it.</param>
    /// <param name="repository">The repository that the page is about a part of; null for none.</param>
    public static void Begin(HtmlWriter html, string title, Visitor visitor, string? repository = null)
    {
        html.Write($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="/page.css">
            <script src="/page.js" defer></script>
            <title>{title} · {visitor.Host}</title>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header>
            <nav aria-label="Where you are"><a href="/">{visitor.Host}</a>
            """);
        if (repository is not null) html.Write($""" <span aria-hidden="true">/</span> <a href="/r/{repository}">{repository}</a>""");
        html.Write($"</nav>\n");
        if (visitor.Principal.User is { } user) html.Write($"""<p class="dim">Logged in as {user}</p>""");
        else if (visitor.CanLogIn) html.Write($"""<p><a href="/login">Log in</a></p>""");
        html.Write($"""

            </header>
            <main id="main" tabindex="-1">
            <h1>{title}</h1>

            """);
    }

    /// <summary>Writes everything after it.</summary>
    public static byte[] End(HtmlWriter html) => html.Write($"""
        </main>
        <footer><p>Drift registry · <a href="{Documentation}">Documentation</a></p><p role="status" id="copied"></p></footer>
        </body>
        </html>

        """).ToBytes();
}
