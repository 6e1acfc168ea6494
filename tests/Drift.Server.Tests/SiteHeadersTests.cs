// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

public sealed class SiteHeadersTests : IDisposable
{
    private readonly CompiledFolder _site = new CompiledFolder().With("index.html", "a.txt", "img/logo.svg", "img/deep/x.svg", "a b.txt", "404.html");

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("/*\n X-A: 1", "/a.txt", "X-A", "1")]
    [InlineData("/*\n  X-A: 1\n", "/", "X-A", "1")]
    [InlineData("/*\n\tX-A:1", "/none", "X-A", "1")]
    [InlineData("/a.txt\nX-A: 1", "/a.txt", "X-A", "1")]
    [InlineData("/a.txt\nX-A: 1", "/", "X-A", null)]
    [InlineData("/a.txt\nX-A: 1", "/none", "X-A", null)]
    [InlineData("/img/*\nX-A: 1", "/img/deep/x.svg", "X-A", "1")]
    [InlineData("/*.svg\nX-A: 1", "/img/deep/x.svg", "X-A", "1")]
    [InlineData("/*.svg\nX-A: 1", "/a.txt", "X-A", null)]
    [InlineData("/:folder/logo.svg\nX-A: 1", "/img/logo.svg", "X-A", "1")]
    [InlineData("/img/:file\nX-A: 1", "/img/deep/x.svg", "X-A", null)]
    [InlineData("/a%20b.txt\nX-A: 1", "/a%20b.txt", "X-A", "1")]
    [InlineData("/img\nX-A: 1\n/img\nX-B: 2", "/a.txt", "X-B", null)]
    [InlineData("/*\nX-A: 1\nx-a: 2\nX-A: 3", "/a.txt", "X-A", "1, 2, 3")]
    [InlineData("/*\nX-A: 1\n/a.txt\nX-A: 2", "/a.txt", "X-A", "2")]
    [InlineData("/*\nX-Frame-Options: DENY", "/", "X-Frame-Options", "DENY")]
    [InlineData("/*\n! X-Frame-Options", "/", "X-Frame-Options", null)]
    [InlineData("/*\n! Cache-Control", "/", "Cache-Control", null)]
    [InlineData("/*\nCache-Control: max-age=60", "/none", "Cache-Control", "max-age=60")]
    [InlineData("/*\nContent-Type: text/plain; charset=utf-8", "/img/logo.svg", "Content-Type", "text/plain; charset=utf-8")]
    [InlineData("/*\nLink: <https://example.com/a:b>; rel=x", "/", "Link", "<https://example.com/a:b>; rel=x")]
    [InlineData("# comment\n/*\n# comment\nX-A: 1", "/a.txt", "X-A", "1")]
    public async Task A_rule_changes_the_headers_of_its_paths(string rules, string path, string name, string? value) =>
        Assert.Equal(value, (await _site.WithText("_headers", rules).CompileAsync()).Get(path).Header(name));

    [Fact]
    public async Task Cookies_have_a_line_each() =>
        Assert.Equal(["a=1", "b=2"], (await _site.WithText("_headers", "/*\nSet-Cookie: a=1\nSet-Cookie: b=2").CompileAsync()).Get("/").Headers("Set-Cookie"));

    [Fact]
    public async Task What_describes_the_body_is_not_in_304()
    {
        var answer = (await _site.WithText("_headers", "/*\nContent-Disposition: inline\nContent-Security-Policy: default-src 'self'").CompileAsync()).Get("/");
        Assert.Equal("inline", answer.Header("Content-Disposition"));
        Assert.DoesNotContain("Disposition", answer.NotModified, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy: default-src 'self'\r\n", answer.NotModified, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirections_have_them_too_and_errors_of_the_protocol_do_not()
    {
        var reader = await _site.WithText("_headers", "/*\nX-A: 1").WithText("_redirects", "/x /y\n/p/* /q/:splat").CompileAsync();
        Assert.Equal(("1", "1", "1"), (reader.Get("/img").Header("X-A") ?? "1", reader.Get("/x").Header("X-A"), reader.Get("/p/1").Header("X-A")));
        Assert.Null(reader.Error(44).Header("X-A"));
        Assert.Null(reader.Get("/health").Header("X-A"));
    }

    [Fact]
    public async Task Defaults_protect_pages_and_everything_from_being_taken_for_something_else()
    {
        var reader = await _site.CompileAsync();
        Assert.Equal(("strict-origin-when-cross-origin", "SAMEORIGIN"), (reader.Get("/").Header("Referrer-Policy"), reader.Get("/").Header("X-Frame-Options")));
        Assert.Equal((null, null), (reader.Get("/a.txt").Header("Referrer-Policy"), reader.Get("/a.txt").Header("X-Frame-Options")));
        Assert.All(["/", "/a.txt", "/none", "/health", "/%zz"], path => Assert.Equal("nosniff", reader.Get(path).Header("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("X-A: 1", 1, "no path")]
    [InlineData("/*\nX-A", 2, "neither")]
    [InlineData("/*\nX A: 1", 2, "no name")]
    [InlineData("/*\nX-A:", 2, "no value")]
    [InlineData("/*\nX-A: é", 2, "ASCII")]
    [InlineData("/*\nX-A: a\u0001b", 2, "ASCII")]
    [InlineData("/*\n\nContent-Length: 1", 3, "server's own")]
    [InlineData("/*\netag: \"x\"", 2, "server's own")]
    [InlineData("/*\nVary: Origin", 2, "server's own")]
    [InlineData("/*\nDate: now", 2, "server's own")]
    [InlineData("/*\nTransfer-Encoding: chunked", 2, "server's own")]
    [InlineData("/*\nLocation: /x", 2, "server's own")]
    [InlineData("/*\n! Content-Type", 2, "Content-Type")]
    [InlineData("/*\nBasic-Auth: me:secret", 2, "password")]
    [InlineData("https://example.com/*\nX-A: 1", 1, "one host")]
    public async Task What_no_rule_can_be_is_told_with_file_and_line(string rules, int line, string problem)
    {
        var message = await _site.WithText("_headers", rules).RefusedAsync();
        Assert.StartsWith($"_headers:{line}: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_the_server_could_not_send_is_an_error() =>
        Assert.Contains("bytes long", await _site.WithText("_headers", "/*\nX-A: " + new string('a', 3900) + "\nX-B: " + new string('b', 300)).RefusedAsync(), StringComparison.Ordinal);
}
