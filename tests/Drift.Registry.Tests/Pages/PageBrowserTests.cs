// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;
using Microsoft.Playwright;

namespace Drift.Registry.Tests;

/// <summary>The pages as a person sees and uses them, in Debian's Chromium.</summary>
public sealed class PageBrowserTests : PageTest
{
    private IPlaywright? _playwright;
    private IBrowserContext? _browser;
    private readonly List<string> _messages = [];
    private readonly List<string> _requests = [];

    public override async ValueTask InitializeAsync()
    {
        var chromium = Need.Program("chromium");
        await base.InitializeAsync();
        await PushContentAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchPersistentContextAsync(Folder.Combine("profile"), new()
        {
            ExecutablePath = chromium,
            Headless = true,
            BaseURL = Server.Address.ToString(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await _browser.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
    }

    protected override async ValueTask StopMoreAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    [Theory]
    [InlineData(320, 640, ColorScheme.Light)]
    [InlineData(360, 740, ColorScheme.Dark)]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    public async Task Every_page_fits_the_screen_and_can_be_read(int width, int height, ColorScheme scheme)
    {
        var page = await OpenAsync(width, height, scheme);
        foreach (var (name, path) in new[] { ("home", "/"), ("tags", "/r/library/demo-service"), ("index", "/r/library/demo-service:2.10.0"), ("image", "/r/library/demo-service:2.9.1"), ("artifact", "/r/library/demo-service:notes"), ("missing", "/r/library/none"), ("search", "/?q=zzz") })
        {
            await page.GotoAsync(path);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} scrolls sideways");
            Assert.Equal("en", await page.Locator("html").GetAttributeAsync("lang"));
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            Assert.Equal(1, await page.Locator("main").CountAsync());
            // WCAG 2.1, 1.4.3 and 2.5.8: text against its background, and what is pressed is no smaller than 24 pixels.
            Assert.Equal("", await page.EvaluateAsync<string>(Unreadable));
            Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('button,input,summary')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).length"));
            if (Environment.GetEnvironmentVariable("DRIFT_SCREENSHOTS") is { Length: > 0 } folder)
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"registry-{name}-{width}-{scheme}.png"), FullPage = true });
        }
        Assert.Equal(scheme == ColorScheme.Dark, await page.EvaluateAsync<bool>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(part => part < 64)"));
        Assert.All(_requests, url => Assert.True(url.StartsWith(Server.Address.ToString(), StringComparison.Ordinal) || url == "data:,", url));
        // Only of the page that is not there.
        Assert.Equal(["Failed to load resource: the server responded with a status of 404 (Not Found)"], _messages);
    }

    [Fact]
    public async Task A_keyboard_leads_from_the_repositories_to_an_image_and_its_command()
    {
        var page = await OpenAsync(1280, 900, ColorScheme.Light);
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedAsync(page));
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.getBoundingClientRect().left >= 0"), "the skip link is not seen when it has the focus");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "library/demo-service");
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync($"{Server.Address}r/library/demo-service");
        await TabToAsync(page, "2.10.0");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync($"{Server.Address}r/library/demo-service:2.10.0");
        await TabToAsync(page, "Copy");
        await TabToAsync(page, "Copy");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#copied")).ToHaveTextAsync($"Copied docker pull 127.0.0.1:{Server.Port}/library/demo-service:2.10.0");
        Assert.Equal($"docker pull 127.0.0.1:{Server.Port}/library/demo-service:2.10.0", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await TabToAsync(page, "linux/arm64");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".lead")).ToHaveTextAsync("An image for linux/arm64, 1.1 MiB compressed");
        Assert.Empty(_messages);
    }

    [Fact]
    public async Task Bars_are_as_long_as_their_layers_are_large()
    {
        var page = await OpenAsync(1280, 900, ColorScheme.Light);
        await page.GotoAsync("/r/library/demo-service:2.9.1");
        var widths = await page.EvaluateAsync<double[]>("[...document.querySelectorAll('.bar')].map(bar => bar.querySelector('rect').getBoundingClientRect().width / bar.getBoundingClientRect().width)");
        Assert.Equal([0.75, 0.2, 0.05], widths.Select(width => Math.Round(width, 2)));
    }

    [Fact]
    public async Task Without_a_script_everything_is_there_but_the_buttons_to_copy()
    {
        await using var browser = await _playwright!.Chromium.LaunchAsync(new() { ExecutablePath = Need.Program("chromium"), Args = ["--no-sandbox", "--disable-gpu"] });
        var context = await browser.NewContextAsync(new() { JavaScriptEnabled = false, BaseURL = Server.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/r/library/demo-service:2.9.1");
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { NameString = "Copy" }).CountAsync());
        Assert.True(await page.GetByText($"docker pull 127.0.0.1:{Server.Port}/library/demo-service:2.9.1").IsVisibleAsync());
        Assert.True(await page.GetByText("COPY --chown=65532:65532").First.IsVisibleAsync());
    }

    [Fact]
    public async Task A_screen_reader_finds_tables_on_a_phone_too()
    {
        var page = await OpenAsync(360, 740, ColorScheme.Light);
        await page.GotoAsync("/r/library/demo-service");
        Assert.Equal(["Tag", "Platforms, compressed", "Created", "Digest"], await page.GetByRole(AriaRole.Columnheader).AllInnerTextsAsync());
        Assert.Equal(1, await page.GetByRole(AriaRole.Rowheader, new() { NameString = "2.10.0" }).CountAsync());
        Assert.Equal(1, await page.GetByRole(AriaRole.Searchbox, new() { NameString = "Search tags" }).CountAsync());
        Assert.Equal(1, await page.GetByRole(AriaRole.Navigation, new() { NameString = "Where you are" }).CountAsync());
    }

    private async Task<IPage> OpenAsync(int width, int height, ColorScheme scheme)
    {
        var page = await _browser!.NewPageAsync();
        page.Request += (_, request) => _requests.Add(request.Url);
        page.Console += (_, message) => _messages.Add(message.Text);
        page.PageError += (_, error) => _messages.Add(error);
        await page.SetViewportSizeAsync(width, height);
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        return page;
    }

    private static async Task TabToAsync(IPage page, string text)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await FocusedAsync(page) == text) return;
        }
        Assert.Fail($"'{text}' cannot be reached by Tab");
    }

    private static Task<string> FocusedAsync(IPage page) => page.EvaluateAsync<string>("document.activeElement.textContent.trim()");

    private async Task PushContentAsync()
    {
        const string Repository = "library/demo-service";
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["org.opencontainers.image.source"] = "https://example.org/demo/service/with/a/rather/long/address/that/does/not/fit",
            ["a.label"] = new string('x', 300),
        };
        ImageConfig Describe(ImageConfig config) => config with
        {
            Created = "2026-11-02T10:20:30Z",
            History =
            [
                new HistoryEntry { CreatedBy = "/bin/sh -c #(nop) ADD file:7d2b0a in / " },
                new HistoryEntry { CreatedBy = $"RUN apt-get update && apt-get install -y {string.Join(' ', Enumerable.Range(0, 60).Select(i => $"package-{i}"))}" },
                new HistoryEntry { CreatedBy = "COPY --chown=65532:65532 out /app # buildkit" },
            ],
            Config = new ContainerConfig { Entrypoint = ["/app/server"], Command = ["--listen", ":8080"], User = "65532:65532", WorkingDirectory = "/app", ExposedPorts = ["8080/tcp"], Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"], Labels = labels },
        };
        var amd64 = await PushAsync(Repository, "2.9.1", Platform.LinuxAmd64, [750_000, 200_000, 50_000], Describe);
        var arm64 = await PushAsync(Repository, "", Platform.LinuxArm64, [900_000, 200_000, 50_000], Describe);
        await PushIndexAsync(Repository, "2.10.0", amd64, arm64);
        await PushAsync(Repository, "latest", Platform.Parse("linux/arm/v7"), [900_000]);
        await PushArtifactAsync(Repository, "notes", "application/vnd.example.release-notes.v1+json", amd64.Digest);
        await PushArtifactAsync(Repository, "", "application/spdx+json", amd64.Digest);
        await PushImageAsync("1.0", "a/repository/with-a-name/that-is/very-long-indeed/and-goes-on/for-a-while/so-that-it-does-not-fit");
    }

    // Every text whose contrast with what is behind it is below 4.5 to 1.
    private const string Unreadable = """
        () => {
          const parts = color => color.match(/[\d.]+/g).map(Number);
          const light = color => {
            const [r, g, b] = parts(color).slice(0, 3).map(part => part / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = element => {
            for (; element; element = element.parentElement) {
              const color = getComputedStyle(element).backgroundColor;
              if (parts(color)[3] !== 0) return color;
            }
          };
          return [...document.querySelectorAll('body *')]
            .filter(element => element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
            .filter(element => {
              const a = light(getComputedStyle(element).color), b = light(behind(element));
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
            }).map(element => element.outerHTML.slice(0, 80)).join('\n');
        }
        """;
}
