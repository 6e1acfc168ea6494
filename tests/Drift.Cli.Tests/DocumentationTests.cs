// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;

namespace Drift.Cli.Tests;

/// <summary>Every file of a real site, byte for byte as Debian's nginx serves it. What differs on purpose has its name here, and nothing else may.</summary>
[Collection(DocumentationDefinition.Name)]
public sealed class DocumentationTests(Documentation site) : IAsyncLifetime
{
    // From this on a file may be asked for in parts.
    private const int SmallestRange = 1024;

    private static readonly string[] NotServed = ["/.buildinfo"];

    // nginx, as Debian sets it, names no character set, and knows no type of some.
    private static readonly Dictionary<string, (string Nginx, string Drift)> Types = new(StringComparer.Ordinal)
    {
        [".html"] = ("text/html", "text/html; charset=utf-8"),
        [".css"] = ("text/css", "text/css; charset=utf-8"),
        [".txt"] = ("text/plain", "text/plain; charset=utf-8"),
        [".js"] = ("application/javascript", "text/javascript; charset=utf-8"),
        [".json"] = ("application/json", "application/json; charset=utf-8"),
        [".xml"] = ("text/xml", "application/xml; charset=utf-8"),
        [".svg"] = ("image/svg+xml", "image/svg+xml; charset=utf-8"),
        [".gz"] = ("application/octet-stream", "application/gzip"),
    };

    private HttpClient _nginx = null!;
    private HttpClient _drift = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private IEnumerable<string> Paths => Directory.EnumerateFiles(site.Site, "*", SearchOption.AllDirectories)
        .Select(file => "/" + Path.GetRelativePath(site.Site, file)).Except(NotServed, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        await site.StartAsync();
        (_nginx, _drift) = (Client(site.Nginx, DecompressionMethods.None), Client(site.Drift, DecompressionMethods.None));
    }

    public ValueTask DisposeAsync()
    {
        _nginx?.Dispose();
        _drift?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_file_is_what_nginx_serves()
    {
        var paths = Paths.Concat(["/", "/library/", "/c-api/"]).ToList();
        Assert.InRange(paths.Count, 1000, 5000);
        foreach (var path in paths)
        {
            var answer = await AssertSameAsync(path, HttpMethod.Get);
            Assert.Equal(200, answer.Status);
            await AssertSameAsync(path, HttpMethod.Head);
            var nginx = await WebAnswer.AskAsync(_nginx, HttpMethod.Head, path, Cancelled);
            Assert.Equal(304, AssertSame(path,
                await WebAnswer.AskAsync(_nginx, HttpMethod.Get, path, Cancelled, ("If-None-Match", nginx.Headers["ETag"])),
                await WebAnswer.AskAsync(_drift, HttpMethod.Get, path, Cancelled, ("If-None-Match", answer.Headers["ETag"]))).Status);
        }
    }

    [Fact]
    public async Task Every_file_that_comes_compressed_is_the_same()
    {
        using var gzip = Client(site.Drift, DecompressionMethods.GZip);
        using var brotli = Client(site.Drift, DecompressionMethods.Brotli);
        foreach (var path in Paths)
        {
            var expected = await File.ReadAllBytesAsync(site.Site + path, Cancelled);
            var answer = await WebAnswer.AskAsync(_drift, HttpMethod.Head, path, Cancelled, ("Accept-Encoding", "br"));
            if (path.EndsWith(".html", StringComparison.Ordinal)) Assert.Equal("br", answer.Headers["Content-Encoding"]);
            foreach (var client in new[] { gzip, brotli })
            {
                var body = (await WebAnswer.AskAsync(client, HttpMethod.Get, path, Cancelled)).Body;
                Assert.True(expected.AsSpan().SequenceEqual(body), path);
            }
        }
    }

    [Theory]
    [InlineData("bytes=0-99", 206)]
    [InlineData("bytes=0-0", 206)]
    [InlineData("bytes=500-", 206)]
    [InlineData("bytes=-50", 206)]
    [InlineData("bytes=1000-99999999", 206)]
    [InlineData("bytes=99999999-", 416)]
    public async Task Ranges_are_what_nginx_serves(string range, int status)
    {
        foreach (var path in Paths.Where(path => new FileInfo(site.Site + path).Length >= SmallestRange).Where((_, index) => index % 20 == 0))
        {
            var nginx = await WebAnswer.AskAsync(_nginx, HttpMethod.Get, path, Cancelled, ("Range", range));
            var drift = await WebAnswer.AskAsync(_drift, HttpMethod.Get, path, Cancelled, ("Range", range));
            Assert.Equal(nginx.Headers["Content-Range"], drift.Headers["Content-Range"]);
            // Each has an error page of its own.
            if (status == 206) AssertSame(path, nginx, drift);
            Assert.Equal((status, status), (nginx.Status, drift.Status));
        }
    }

    [Theory]
    [InlineData("/library", 301, 301, "/library/")]
    [InlineData("/c-api?a=b", 301, 301, "/c-api/?a=b")]
    [InlineData("/library/missing.html", 404, 404, null)]
    [InlineData("/missing/", 404, 404, null)]
    [InlineData("/index.html/", 404, 404, null)]
    // nginx tells that there is a folder, even though it shows nothing of it.
    [InlineData("/_static/", 403, 404, null)]
    // Pages have a short path as well, and names that begin with a dot have none.
    [InlineData("/about", 404, 200, null)]
    [InlineData("/.buildinfo", 200, 404, null)]
    public async Task Where_there_is_no_file(string path, int ofNginx, int ofDrift, string? location)
    {
        foreach (var (client, status) in new[] { (_nginx, ofNginx), (_drift, ofDrift) })
        {
            var answer = await WebAnswer.AskAsync(client, HttpMethod.Get, path, Cancelled);
            Assert.Equal(status, answer.Status);
            Assert.Equal(location is null ? null : new Uri(client.BaseAddress!, location), answer.Headers.TryGetValue("Location", out var target) ? new Uri(client.BaseAddress!, target) : null);
        }
    }

    private async Task<WebAnswer> AssertSameAsync(string path, HttpMethod method) =>
        AssertSame(path, await WebAnswer.AskAsync(_nginx, method, path, Cancelled), await WebAnswer.AskAsync(_drift, method, path, Cancelled));

    /// <summary>Compares two answers, and returns the image's.</summary>
    private static WebAnswer AssertSame(string path, WebAnswer nginx, WebAnswer drift)
    {
        var type = Path.GetExtension(path is [.., '/'] ? "index.html" : path);
        var expected = nginx.Without("Server", "Last-Modified", "Connection").Replacing("Date", Any).Replacing("ETag", Any)
            .Replacing("Content-Type", value => Types.TryGetValue(type, out var types) && types.Nginx == value ? types.Drift : value);
        var actual = drift.Without("Cache-Control", "Vary", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options").Replacing("Date", Any).Replacing("ETag", Any);
        // Small files have no parts; and where there are parts, that is told with 206 and 304, too.
        if (drift.Status != 200) actual = actual.Without("Accept-Ranges");
        if (drift.Status == 200 && int.Parse(drift.Headers["Content-Length"], CultureInfo.InvariantCulture) < SmallestRange) expected = expected.Without("Accept-Ranges");
        Assert.Equal($"{path} {expected}", $"{path} {actual}");
        Assert.True(nginx.Body.AsSpan().SequenceEqual(drift.Body), path);
        return drift;
    }

    // Each has its own, in its own form; that both have it is what counts.
    private static string Any(string value) => value.Length > 0 ? "any" : "";

    private static HttpClient Client(Uri address, DecompressionMethods decompression) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = decompression }) { BaseAddress = address };
}
