// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;
using Microsoft.Playwright;

namespace Drift.Cli.Tests;

/// <summary>Pages of a watched site load again by themselves, in Debian's Chromium.</summary>
public sealed class ReloadBrowserTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_browser_shows_what_was_saved_without_being_asked()
    {
        var chromium = Need.Program("chromium");
        _folder.Write("site/index.html", "<!doctype html><title>Page</title><link rel=stylesheet href=page.css><h1>one</h1>");
        _folder.Write("site/page.css", "h1 { color: rgb(1, 2, 3) }");
        _folder.Write("site/404.html", "<!doctype html><title>Page</title><h1>absent</h1>");
        await using var up = DriftTool.Start(["up", _folder.Combine("site"), "--watch", "--port", "0", "--runtime", "namespaces"]);
        var url = (await up.ReadLineAsync(" answers (", Cancelled)).Split(' ')[0];
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchPersistentContextAsync(_folder.Combine("profile"), new()
        {
            ExecutablePath = chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync();
        var messages = new List<string>();
        page.Console += (_, message) => messages.Add(message.Text);
        await page.GotoAsync(url);
        await Expect("one", "rgb(1, 2, 3)");

        _folder.Write("site/index.html", "<!doctype html><title>Page</title><link rel=stylesheet href=page.css><h1>two</h1>");
        await Expect("two", "rgb(1, 2, 3)");
        _folder.Write("site/page.css", "h1 { color: rgb(4, 5, 6) }");
        await Expect("two", "rgb(4, 5, 6)");
        // The page that tells of a missing one is a page, too.
        await page.GotoAsync(url + "absent");
        await Expect("absent", "rgb(0, 0, 0)");
        _folder.Write("site/404.html", "<!doctype html><title>Page</title><h1>gone</h1>");
        await Expect("gone", "rgb(0, 0, 0)");

        // The image has no word of all this.
        await DriftTool.JsonAsync(["build", _folder.Combine("site"), "-o", "oci:" + _folder.Combine("layout"), "--compression", "none"], Cancelled);
        Assert.All(Directory.EnumerateFiles(_folder.Combine("layout", "blobs", "sha256")), blob => Assert.DoesNotContain(".drift", File.ReadAllText(blob), StringComparison.Ordinal));
        Assert.DoesNotContain(messages, message => !message.Contains("404", StringComparison.Ordinal));

        async Task Expect(string text, string colour)
        {
            await page.WaitForFunctionAsync("expected => document.querySelector('h1')?.innerText === expected[0] && getComputedStyle(document.querySelector('h1')).color === expected[1]", new[] { text, colour });
        }
    }
}
