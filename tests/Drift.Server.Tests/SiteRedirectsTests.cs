// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

public sealed class SiteRedirectsTests : IDisposable
{
    private readonly CompiledFolder _site = new CompiledFolder().With("index.html", "a.txt", "news/index.html", "news/first.html", "posts/2024/one.html", "posts/deep/er/two.html", "store-closed.html");

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("/old /new", "/old", 301, "/new")]
    [InlineData("/old /new", "/old/", 301, "/new")]
    [InlineData("/old/ /new", "/old", 301, "/new")]
    [InlineData("/old /new", "/old?a=1", 301, "/new?a=1")]
    [InlineData("/old /new?b=2", "/old?a=1", 301, "/new?b=2")]
    [InlineData("/old /new#part", "/old?a=1", 301, "/new#part")]
    [InlineData("/old /new 302", "/old", 302, "/new")]
    [InlineData("/old /new 303", "/old", 303, "/new")]
    [InlineData("/old /new 307", "/old", 307, "/new")]
    [InlineData("/old /new 308 # for good", "/old", 308, "/new")]
    [InlineData("/old https://example.com:8080/é", "/old", 301, "https://example.com:8080/%C3%A9")]
    [InlineData("/c%C3%A9line /c", "/c%C3%A9line", 301, "/c")]
    [InlineData("/c%c3%a9/* /c/:splat", "/c%C3%A9/x", 301, "/c/x")]
    [InlineData("/céline /c", "/c%C3%A9line", 301, "/c")]
    [InlineData("/old/* /new/:splat", "/old/a/b?q", 301, "/new/a/b?q")]
    [InlineData("/old/* /new/:splat", "/old", 301, "/new/")]
    [InlineData("/old/* /new/:splat?all", "/old/a?q", 301, "/new/a?all")]
    [InlineData("/old/* https://example.com/:splat 302", "/old/a%20b", 302, "https://example.com/a%20b")]
    [InlineData("/blog/:year/:month/:slug /posts/:year-:month/:slug", "/blog/2024/05/x.html", 301, "/posts/2024-05/x.html")]
    [InlineData("/blog/:id /posts/:id", "/blog/5/", 301, "/posts/5")]
    [InlineData("/wiki/* /pages/Help:Start/:splat", "/wiki/x", 301, "/pages/Help:Start/x")]
    [InlineData("/* https://new.example/:splat", "/any/where", 301, "https://new.example/any/where")]
    public async Task A_rule_redirects(string rule, string target, int status, string location)
    {
        var answer = (await _site.WithText("_redirects", rule + "\n").CompileAsync()).Get(target);
        Assert.Equal((status, location), (answer.Status, answer.Location ?? answer.Header("Location")));
        Assert.Empty(answer.Body);
    }

    [Theory]
    [InlineData("/a.txt /b", "/a.txt", 200, "a.txt")]
    [InlineData("/a.txt /b 302!", "/a.txt", 302, "")]
    [InlineData("/news/* /b", "/news/", 200, "news/index.html")]
    [InlineData("/news/* /b", "/news/none", 301, "")]
    [InlineData("/news/* /b 301!", "/news/", 301, "")]
    [InlineData("/* /b 302!", "/a.txt", 302, "")]
    [InlineData("/* /b 302!", "/health", 200, "OK")]
    [InlineData("/* /b 302!", "/healthz", 200, "OK")]
    [InlineData("/* https://example.com/:splat", "/health", 200, "OK")]
    [InlineData("/health/ /b", "/health", 200, "OK")]
    [InlineData("/here /news/first.html 200", "/here", 200, "news/first.html")]
    [InlineData("/here /news/first 200", "/here", 200, "news/first.html")]
    [InlineData("/here /news/ 200", "/here", 200, "news/index.html")]
    [InlineData("/here /news 200", "/here", 200, "news/index.html")]
    [InlineData("/app/* /index.html 200", "/app/x/y.z", 200, "index.html")]
    [InlineData("/app/* /index.html 200", "/app", 200, "index.html")]
    [InlineData("/blog/* /posts/:splat 200", "/blog/2024/one.html", 200, "posts/2024/one.html")]
    [InlineData("/blog/* /posts/:splat 200", "/blog/2024/one", 200, "posts/2024/one.html")]
    [InlineData("/blog/* /posts/:splat 200", "/blog/deep/er/two.html", 200, "posts/deep/er/two.html")]
    [InlineData("/blog/* /posts/:splat 200", "/blog/none", 404, "404 Not Found\r\n")]
    [InlineData("/:year/:page/x /posts/:year/:page 200", "/2024/one/x", 200, "posts/2024/one.html")]
    [InlineData("/* /store-closed.html 404", "/none", 404, "store-closed.html")]
    [InlineData("/* /store-closed.html 404", "/a.txt", 200, "a.txt")]
    [InlineData("/shop /store-closed.html 404", "/shop", 404, "store-closed.html")]
    [InlineData("/news/* /index.html 404", "/news/none", 404, "index.html")]
    [InlineData("/* /index.html 200", "/any/where", 200, "index.html")]
    [InlineData("/* /index.html 200", "/missing.js", 404, "404 Not Found\r\n")]
    [InlineData("/* /index.html 200", "/a.txt", 200, "a.txt")]
    public async Task Files_come_first_unless_a_rule_is_forced_and_rewrites_send_files(string rule, string path, int status, string body)
    {
        var answer = (await _site.WithText("_redirects", rule).CompileAsync()).Get(path);
        Assert.Equal((status, body), (answer.Status, answer.Text));
        if (status == 404) Assert.Null(answer.NotModified);
    }

    /// <summary>Whatever becomes of a rule, for each path the first one counts.</summary>
    [Theory]
    [InlineData("/x/* /first\n/x/y /second", "/x/y", "/first")]
    [InlineData("/x/y /first\n/x/* /second", "/x/y", "/first")]
    [InlineData("/x/y /first\n/x/* /second 301!", "/x/y", "/first")]
    [InlineData("/x/* /first 301!\n/x/y /second 301!", "/x/y", "/first")]
    [InlineData("/x/* /first\n/a.txt /b\n/x/:id /second", "/x/y", "/first")]
    [InlineData("/x /first\n/x /second", "/x", "/first")]
    [InlineData("/* /first\n/a.txt /second 301!", "/a.txt", "/second")]
    [InlineData("/x/y/ /first\n/x/y /second", "/x/y", "/first")]
    public async Task The_first_rule_for_a_path_counts(string rules, string path, string location) =>
        Assert.Equal(location, (await _site.WithText("_redirects", rules).CompileAsync()).Get(path).Location);

    [Fact]
    public async Task A_rule_that_only_adds_a_slash_does_not_lead_in_a_circle()
    {
        var reader = await _site.WithText("_redirects", "/x /x/\n/y/:id /y/:id/\n").CompileAsync();
        Assert.Equal("/x/", reader.Get("/x").Location);
        Assert.Equal(404, reader.Get("/x/").Status);
        Assert.Equal("/y/1/", reader.Get("/y/1").Location);
        Assert.Equal(404, reader.Get("/y/1/").Status);
    }

    [Theory]
    [InlineData("/old/* /:splat", "/old//evil.example")]
    [InlineData("/old/* /:splat 302!", "/old//evil.example/x")]
    [InlineData("/old/:a/* /:splat 302!", "/old/a///evil.example")]
    [InlineData("/old/* /:splat/", "/old//evil.example", "/x/")]
    [InlineData("/old/* /:splat?q", "/old//evil.example", "/x?q")]
    public async Task No_path_makes_a_rule_lead_to_another_host(string rule, string path, string elsewhere = "/x")
    {
        var reader = await _site.WithText("_redirects", rule).CompileAsync();
        Assert.Equal(404, reader.Get(path).Status);
        Assert.Equal(elsewhere, reader.Get("/old/" + (rule.Contains(":a", StringComparison.Ordinal) ? "a/x" : "x")).Location);
    }

    [Theory]
    [InlineData("/old", "no target")]
    [InlineData("old /new", "not a path")]
    [InlineData("/old new", "neither a path")]
    [InlineData("/old //new", "neither a path")]
    [InlineData("/old /new 200 Country=de", "condition")]
    [InlineData("/old / 302 Country=de", "condition")]
    [InlineData("/old / Language=de", "condition")]
    [InlineData("/old / 302 Role=admin", "condition")]
    [InlineData("/store id=:id /blog/:id 301", "query")]
    [InlineData("/store?id=1 /blog", "query")]
    [InlineData("/api/* https://api.example.com/:splat 200", "another server")]
    [InlineData("https://blog.example.com/* /blog/:splat", "one host")]
    [InlineData("/old /new 418", "418")]
    [InlineData("/old /new 301!!", "301!!")]
    [InlineData("/old /new 200", "/new")]
    [InlineData("/old /old", "itself")]
    [InlineData("/* /:splat", "itself")]
    [InlineData("/a*b /c", "last segment")]
    [InlineData("/a/*/b /c", "last segment")]
    [InlineData("/:a/:a /c", "one name")]
    [InlineData("/:a/:b/:c/:d/:e/:f/:g/:h/* /c", "more than 8")]
    [InlineData("/:host/* https://:host/:splat", "host")]
    [InlineData("/:lang/blog/* /posts/:splat 200", "once")]
    [InlineData("/blog/* /none/:splat 200", "nothing")]
    [InlineData("/blog/:id /posts/:id/x.html 200", "nothing")]
    [InlineData("/x/* /y/:splat#z", "fragment")]
    [InlineData("/100% /y", "escape")]
    [InlineData("/x%00 /y", "escape")]
    [InlineData("/x /y%zz", "escape")]
    [InlineData("/health /y", "well")]
    [InlineData("/%68ealth /y 302!", "well")]
    public async Task What_no_rule_can_be_is_told_with_file_and_line(string rule, string problem)
    {
        var message = await _site.WithText("_redirects", "# rules\n\n" + rule + "\n").RefusedAsync();
        Assert.StartsWith("_redirects:3: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_rules_and_the_length_of_a_line_are_bounded()
    {
        Assert.StartsWith("_redirects:10001: ", await _site.WithText("_redirects", string.Concat(Enumerable.Range(0, 10_001).Select(i => $"/x{i} /y\n"))).RefusedAsync(), StringComparison.Ordinal);
        Assert.StartsWith("_redirects:257: ", await _site.WithText("_redirects", string.Concat(Enumerable.Range(0, 257).Select(i => $"/x{i}/* /y\n"))).RefusedAsync(), StringComparison.Ordinal);
        Assert.StartsWith("_redirects:2001: ", await _site.WithText("_redirects", string.Concat(Enumerable.Range(0, 2000).Select(i => $"/x{i} /y\n")) + "/* /y 301!").RefusedAsync(), StringComparison.Ordinal);
        Assert.StartsWith("_redirects:1: ", await _site.WithText("_redirects", "/x /" + new string('y', 5000)).RefusedAsync(), StringComparison.Ordinal);
        Assert.Contains("1048576", await _site.WithText("_redirects", new string('#', 2_000_000)).RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_of_rules_are_not_served()
    {
        var reader = await _site.WithText("_redirects", "/x /y\r\n").WithText("_headers", "/*\r\n  X-A: b\r\n").With("docs/_redirects").CompileAsync();
        Assert.Equal((404, 404, 200), (reader.Get("/_redirects").Status, reader.Get("/_headers").Status, reader.Get("/docs/_redirects").Status));
        Assert.Equal("/y", reader.Get("/x").Location);
    }
}
