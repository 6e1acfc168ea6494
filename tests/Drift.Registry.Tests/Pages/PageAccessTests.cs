// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Registry.Tests;

/// <summary>The rules are those of the registry: a page shows what its visitor may pull.</summary>
public sealed class PageAccessTests : AccessTest
{
    private static readonly string[] Pages = ["/r/team/secret", "/r/team/secret:1.0"];

    protected override IReadOnlyList<AccessRule> Rules =>
    [
        Rule("public/*", "*", RepositoryActions.All),
        Rule("public/*", "anonymous", RepositoryActions.Pull),
        Rule("team/**", "alice", RepositoryActions.All),
    ];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        LogIn("alice");
        await PushImageAsync("1.0", "team/secret");
        LogIn(null);
    }

    [Fact]
    public async Task Each_visitor_sees_what_it_may_pull()
    {
        Assert.DoesNotContain("team/secret", await Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        Assert.Contains("href=\"/login\"", await Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        foreach (var path in Pages)
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            // Browsers ask for a password; for a token they would not.
            Assert.Equal("Basic realm=\"Registry\", charset=\"UTF-8\"", Header(response, "WWW-Authenticate"));
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain("1.0", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        }
        LogIn("bob");
        Assert.DoesNotContain("team/secret", await Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        foreach (var path in Pages) Assert.Equal(HttpStatusCode.Forbidden, await StatusOf(HttpMethod.Get, path));
        LogIn("alice");
        var home = await Client.GetStringAsync("/", Cancelled);
        Assert.Contains("team/secret", home, StringComparison.Ordinal);
        Assert.Contains("Logged in as alice", home, StringComparison.Ordinal);
        foreach (var path in Pages) Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, path));
    }

    [Fact]
    public async Task How_much_there_is_is_told_to_those_who_see_all_of_it()
    {
        LogIn("alice");
        await PushImageAsync("1.0", "public/app", seed: 2);
        Assert.Contains("each blob once", await Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        LogIn("bob");
        var html = await Client.GetStringAsync("/", Cancelled);
        Assert.Contains("public/app", html, StringComparison.Ordinal);
        Assert.DoesNotContain("each blob once", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_in_leads_back()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Server.Address };
        using (var asked = await client.GetAsync("/login", Cancelled)) Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (asked.StatusCode, asked.Headers.WwwAuthenticate.Single().Scheme));
        LogIn("alice");
        client.DefaultRequestHeaders.Authorization = Client.DefaultRequestHeaders.Authorization;
        using var response = await client.GetAsync("/login", Cancelled);
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (response.StatusCode, response.Headers.Location?.ToString()));
        LogIn("alice", "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(HttpMethod.Get, "/"));
    }

    [Fact]
    public async Task The_style_is_for_everyone()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/page.css"));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/page.js"));
    }
}
