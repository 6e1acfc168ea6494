// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;
using Microsoft.Playwright;

namespace Drift.Cli.Tests;

/// <summary>A real site as a person uses it, out of an image, in Debian's Chromium.</summary>
[Collection(DocumentationDefinition.Name)]
public sealed class DocumentationBrowserTests(Documentation site) : IDisposable
{
    private readonly TemporaryDirectory _profile = new();

    public void Dispose() => _profile.Dispose();

    [Fact]
    public async Task A_reader_goes_from_page_to_page_and_finds_a_word()
    {
        var chromium = Need.Program("chromium");
        await site.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchPersistentContextAsync(_profile.Path, new()
        {
            ExecutablePath = chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        page.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400 || !response.Url.StartsWith(site.Drift.ToString(), StringComparison.Ordinal)) complaints.Add($"{response.Url}: {response.Status}");
        };

        await page.GotoAsync(site.Drift.ToString());
        await ExpectAsync("", "Python 3.11");
        await FollowAsync("Library Reference", "library/index.html", "The Python Standard Library");
        await FollowAsync("Built-in Functions", "library/functions.html", "Built-in Functions");
        await FollowAsync("next", "library/constants.html", "Built-in Constants");
        await page.GoBackAsync();
        await ExpectAsync("library/functions.html", "Built-in Functions");

        // The search fetches the pages that it finds. One that many words are in, the changelog, is not in Debian's package.
        await page.Locator("input[name=q]:visible").First.FillAsync("Amsterdam");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#search-results p.search-summary")).ToContainTextAsync("Search finished");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await FollowAsync("General Python FAQ", "faq/general.html", "General Python FAQ");
        Assert.Empty(complaints);

        async Task FollowAsync(string link, string path, string heading)
        {
            await page.GetByRole(AriaRole.Link, new() { NameString = link }).First.ClickAsync();
            await ExpectAsync(path, heading);
        }

        async Task ExpectAsync(string path, string heading)
        {
            await Assertions.Expect(page.Locator("h1").First).ToContainTextAsync(heading);
            Assert.Equal(new Uri(site.Drift, path).AbsolutePath, new Uri(page.Url).AbsolutePath);
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        }
    }
}
