// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;
using Drift.Recipes;

namespace Drift.Server.Tests;

/// <summary>What clients get of a folder without a word of its owner: variants, caching, clean addresses; and with options.</summary>
public sealed class SiteServingTests : IDisposable
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 2000).Select(i => $"<p>paragraph {i}\n"));
    private readonly CompiledFolder _site = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData(null, null)]
    [InlineData("identity", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br;q=0, *", "gzip")]
    public async Task Text_is_sent_as_the_client_takes_it(string? accepted, string? coding)
    {
        var reader = await _site.WithText("index.html", Long).CompileAsync();
        var answer = reader.Get("/", accepted);
        Assert.Equal((coding, "Accept-Encoding"), (answer.Header("Content-Encoding"), answer.Header("Vary")));
        Assert.Equal(Long, Decompress(answer.Body, coding));
        Assert.Equal(answer.Body.Length, int.Parse(answer.Header("Content-Length")!, System.Globalization.CultureInfo.InvariantCulture));
        // Other bytes have another tag.
        Assert.Equal(coding is null, answer.Header("ETag") == reader.Get("/").Header("ETag"));
        if (coding is not null) Assert.InRange(answer.Body.Length, 1, Long.Length / 4);
    }

    [Fact]
    public async Task What_saves_nothing_is_sent_as_it_is()
    {
        var random = new byte[50_000];
        new Random(1).NextBytes(random);
        var text = Convert.ToBase64String(random);
        var reader = await _site.WithText("small.txt", new string('a', 1000)).WithText("photo.jpg", new string('a', 9000)).WithText("random.woff2", text).CompileAsync();
        Assert.All(["/small.txt", "/photo.jpg", "/random.woff2"], path => Assert.Equal((null, null), (reader.Get(path, "gzip, br").Header("Content-Encoding"), reader.Get(path).Header("Vary"))));
    }

    [Fact]
    public async Task The_page_for_404_and_the_fallback_have_variants()
    {
        var reader = await _site.WithText("404.html", Long).WithText("index.html", Long + "!").CompileAsync();
        Assert.Equal((404, "gzip", "Accept-Encoding"), (reader.Get("/none", "gzip").Status, reader.Get("/none", "gzip").Header("Content-Encoding"), reader.Get("/none").Header("Vary")));
        reader = await _site.CompileAsync(new SiteOptions { Fallback = "index.html" });
        Assert.Equal((200, "br"), (reader.Get("/none", "br").Status, reader.Get("/none", "br").Header("Content-Encoding")));
        Assert.Equal(404, reader.Get("/none.js", "br").Status);
    }

    [Fact]
    public async Task Nothing_is_compressed_that_shall_not_be() =>
        Assert.Null((await _site.WithText("index.html", Long).CompileAsync(new SiteOptions { Compress = false })).Get("/", "gzip").Header("Content-Encoding"));

    [Fact]
    public async Task The_same_text_becomes_the_same_bytes_whatever_its_name_and_neighbours()
    {
        var alone = await _site.WithText("a.txt", Long).CompileAsync();
        for (var i = 0; i < 20; i++) _site.WithText($"more/{i}.txt", Long + i);
        var among = await _site.WithText("z.txt", Long).CompileAsync();
        foreach (var coding in new[] { "gzip", "br" }) Assert.Equal(alone.Get("/a.txt", coding).Body, among.Get("/z.txt", coding).Body);
    }

    [Fact]
    public async Task A_text_larger_than_what_is_read_at_once_is_compressed_whole()
    {
        var large = string.Concat(Enumerable.Repeat(Long, 80));
        var reader = await _site.WithText("large.json", large).CompileAsync();
        Assert.All(["gzip", "br"], coding => Assert.Equal(large, Decompress(reader.Get("/large.json", coding).Body, coding)));
    }

    [Theory]
    [InlineData("assets/index-BxY3k_9z.js")]          // Vite
    [InlineData("assets/index-DiwrgTda.css", false)]  // Vite, but it might be a word
    [InlineData("chunk-ZX5R2K7Q.js")]                 // esbuild, Angular
    [InlineData("static/js/main.5f3a9c1b.chunk.js")]  // webpack
    [InlineData("static/js/main.5f3a9c1b.js.map")]
    [InlineData("app-0123456789abcdef0123.js")]       // Gatsby
    [InlineData("_next/static/css/0f1e2d3c4b5a6978.css")]
    [InlineData("_next/static/build/_buildManifest.js")]
    [InlineData("_astro/hoisted.js")]
    [InlineData("css/main.min.1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809.css")] // Hugo
    [InlineData("0f1e2d3c4b5a6978.woff2")]
    [InlineData("chapter-12345678.html", false)]
    [InlineData("chapter.5f3a9c1b.html", false)]
    [InlineData("photo-20240101.jpg", false)]
    [InlineData("README-TEMPLATE.js", false)]
    [InlineData("report-deadbeef.pdf", false)]
    [InlineData("app-MyClass2.js", false)]
    [InlineData("app-iPhone15.png", false)]
    [InlineData("jquery-3.7.1.min.js", false)]
    [InlineData("bootstrap.bundle.min.js", false)]
    [InlineData("logo-cafe2024.svg", false)]
    [InlineData("main.js", false)]
    [InlineData("5f3a9c1b.js", false)]
    public async Task Only_names_that_tell_of_their_content_are_kept_for_ever(string name, bool forEver = true) =>
        Assert.Equal(forEver ? "public, max-age=31536000, immutable" : "no-cache", (await _site.With(name).CompileAsync()).Get("/" + name).Header("Cache-Control"));

    [Fact]
    public async Task A_page_answers_without_its_extension_too()
    {
        var reader = await _site.With("about.html", "docs/index.html", "docs/guide.html", "data", "data.html", "404.html", "index.html").CompileAsync();
        Assert.Equal(("about.html", "about.html", "docs/guide.html"), (reader.Get("/about").Text, reader.Get("/about.html").Text, reader.Get("/docs/guide").Text));
        Assert.Equal(("data", "data.html"), (reader.Get("/data").Text, reader.Get("/data.html").Text));
        Assert.Equal((404, 404, 404), (reader.Get("/404").Status, reader.Get("/index").Status, reader.Get("/docs/index").Status));
        Assert.Equal(404, (await _site.CompileAsync(new SiteOptions { CleanUrls = false })).Get("/about").Status);
    }

    [Fact]
    public async Task A_page_and_a_folder_of_one_name_are_an_error_with_clean_addresses()
    {
        Assert.Contains("/about", await _site.With("about.html", "about/index.html").RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal("/about/", (await _site.CompileAsync(new SiteOptions { CleanUrls = false })).Get("/about").Location);
    }

    [Fact]
    public async Task A_base_is_before_every_path_but_those_of_health()
    {
        var reader = await _site.With("index.html", "a.txt", "sub/index.html", "health").WithText("404.html", "lost").WithText("_redirects", "/x/* /y/:splat\n/z https://example.com\n/force/* /a.txt 200!\n")
            .WithText("_headers", "/a.txt\n X-A: 1").CompileAsync(new SiteOptions { Base = "/docs", Fallback = "index.html" });
        Assert.Equal((302, "/docs/"), (reader.Get("/").Status, reader.Get("/").Location));
        Assert.Equal((301, "/docs/"), (reader.Get("/docs").Status, reader.Get("/docs").Location));
        Assert.Equal(("index.html", "a.txt", "1"), (reader.Get("/docs/").Text, reader.Get("/docs/a.txt").Text, reader.Get("/docs/a.txt").Header("X-A")));
        Assert.Equal(("/docs/sub/", "/docs/y/1", "https://example.com"), (reader.Get("/docs/sub").Location, reader.Get("/docs/x/1").Location, reader.Get("/docs/z").Location));
        Assert.Equal(("a.txt", "OK", "health", "index.html"), (reader.Get("/docs/force/1").Text, reader.Get("/health").Text, reader.Get("/docs/health").Text, reader.Get("/docs/any").Text));
        Assert.Equal((404, "lost"), (reader.Get("/a.txt").Status, reader.Get("/a.txt").Text));
    }

    [Fact]
    public async Task A_base_of_the_name_of_health_leaves_health()
    {
        var reader = await _site.With("index.html").CompileAsync(new SiteOptions { Base = "/health" });
        Assert.Equal(("OK", "index.html", "/health/"), (reader.Get("/health").Text, reader.Get("/health/").Text, reader.Get("/").Location));
    }

    [Fact]
    public async Task A_fallback_that_is_not_there_is_an_error() =>
        Assert.Contains("app.html", await _site.With("index.html").RefusedAsync(new SiteOptions { Fallback = "app.html" }), StringComparison.Ordinal);

    [Fact]
    public async Task Ranges_are_offered_where_they_are_worth_a_line()
    {
        var reader = await _site.WithText("small.txt", "x").WithText("large.bin", new string('x', 1024)).CompileAsync();
        Assert.Equal((null, "bytes"), (reader.Get("/small.txt").Header("Accept-Ranges"), reader.Get("/large.bin").Header("Accept-Ranges")));
    }

    private static string Decompress(byte[] body, string? coding)
    {
        using Stream stream = coding switch
        {
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => new MemoryStream(body),
        };
        return new StreamReader(stream, Encoding.UTF8).ReadToEnd();
    }
}
