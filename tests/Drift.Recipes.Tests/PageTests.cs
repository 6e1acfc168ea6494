// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;
using Microsoft.Playwright;

namespace Drift.Recipes.Tests;

/// <summary>The project's own page as a person sees it, in Debian's Chromium.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private DriftProcess _up = null!;
    private IPlaywright _playwright = null!;
    private IBrowserContext _browser = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var chromium = Need.Program("chromium");
        _up = await DriftTool.StartAsync(["up", "--port", "0", "--runtime", "namespaces"], Cancelled);
        _playwright = await Playwright.CreateAsync();
        // A profile of its own, and no service of the browser's maker: nothing here talks to the outside.
        _browser = await _playwright.Chromium.LaunchPersistentContextAsync(_folder.Path, new()
        {
            ExecutablePath = chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        if (_up is not null) await _up.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(360, 740, ColorScheme.Light)]
    [InlineData(360, 740, ColorScheme.Dark)]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    public async Task It_fits_the_screen_can_be_read_and_asks_nobody_else_for_anything(int width, int height, ColorScheme scheme)
    {
        var page = await _browser.NewPageAsync();
        var requests = new List<string>();
        var messages = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) => messages.Add(message.Text);
        await page.SetViewportSizeAsync(width, height);
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        var url = _up.Report.GetProperty("url").GetString()!;
        var response = await page.GotoAsync(url);
        Assert.Equal(200, response!.Status);

        Assert.Equal("Drift", await page.Locator("h1").InnerTextAsync());
        Assert.Equal("https://github.com/drift-images/drift", await page.Locator("footer a").First.GetAttributeAsync("href"));
        var platform = _up.Report.GetProperty("platforms").EnumerateArray().Single(entry => entry.GetProperty("platform").GetString() == Platform.ThisMachine.ToString());
        Assert.Equal($"{platform.GetProperty("binarySize").GetInt64():N0} bytes", await page.Locator("#binary-size").InnerTextAsync());
        Assert.Equal($"{platform.GetProperty("imageSize").GetInt64():N0} bytes", await page.Locator("#image-size").InnerTextAsync());

        // No sideways scrolling, and every element inside the screen.
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        // WCAG 2.1, 1.4.3: text against its background, 4.5 to 1, for what is read and for what is dimmed.
        foreach (var selector in new[] { "h1", "h1 + p", "small", "dt", "footer a" })
        {
            Assert.InRange(await page.Locator(selector).First.EvaluateAsync<double>(Contrast), 4.5, 21);
        }
        var dark = await page.EvaluateAsync<bool>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 64)");
        Assert.Equal(scheme == ColorScheme.Dark, dark);
        Assert.Equal(0, await page.Locator("script").CountAsync());
        Assert.Equal([url], requests.Where(request => !request.StartsWith("data:", StringComparison.Ordinal)));
        Assert.Empty(messages);

        if (Environment.GetEnvironmentVariable("DRIFT_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"page-{width}-{scheme}.png"), FullPage = true });
        }
        await page.CloseAsync();
    }

    private const string Contrast = """
        element => {
          const light = color => {
            const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map(part => part / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const a = light(getComputedStyle(element).color), b = light(getComputedStyle(document.body).backgroundColor);
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }
        """;
}
