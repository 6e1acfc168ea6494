// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Drift.Registry.Tests;

/// <summary>Rules: a team's own repositories, public ones, and one that nobody may change.</summary>
public sealed class AccessRuleTests : AccessTest
{
    protected override IReadOnlyList<AccessRule> Rules =>
    [
        Rule("team/frozen", "*", RepositoryActions.Pull),
        Rule("team/**", "alice", RepositoryActions.All),
        Rule("team/*", "bob", RepositoryActions.Pull | RepositoryActions.Push),
        Rule("public/**", "alice", RepositoryActions.Pull | RepositoryActions.Push),
        Rule("public/**", "anonymous", RepositoryActions.Pull),
    ];

    [Fact]
    public async Task The_first_rule_that_fits_decides()
    {
        LogIn("alice");
        await PushImageAsync(repository: "team/app");
        await PushImageAsync(repository: "team/deep/app");
        await PushImageAsync(repository: "public/site");
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Post, "/v2/team/frozen/blobs/uploads/"));
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Post, "/v2/elsewhere/blobs/uploads/"));
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Delete, "/v2/public/site/manifests/latest"));
        Assert.Equal("404 NAME_UNKNOWN", await ErrorOf(HttpMethod.Get, "/v2/team/frozen/tags/list"));
        LogIn("bob");
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/team/app/manifests/latest"));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/public/site/manifests/latest"));
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Get, "/v2/team/deep/app/manifests/latest"));
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Get, "/v2/team/deep/app/tags/list"));
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Delete, "/v2/team/app/manifests/latest"));
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Post, "/v2/public/site/blobs/uploads/"));
        LogIn(null);
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/public/site/manifests/latest"));
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/team/app/manifests/latest"));
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Put, "/v2/public/site/manifests/latest"));
    }

    [Fact]
    public async Task The_catalog_lists_what_one_may_pull()
    {
        LogIn("alice");
        foreach (var repository in new[] { "team/app", "team/deep/app", "public/site" }) await PushImageAsync(repository: repository);
        Assert.Equal(["public/site", "team/app", "team/deep/app"], await CatalogAsync());
        LogIn("bob");
        Assert.Equal(["public/site", "team/app"], await CatalogAsync());
        LogIn(null);
        Assert.Equal(["public/site"], await CatalogAsync());
    }

    [Fact]
    public async Task A_blob_is_mounted_only_from_where_one_may_pull()
    {
        LogIn("alice");
        var secret = await PushBlobAsync(RandomBytes(100), "team/deep/app");
        var shared = await PushBlobAsync(RandomBytes(100, seed: 2), "public/site");
        LogIn("bob");
        Assert.Equal(HttpStatusCode.Accepted, await StatusOf(HttpMethod.Post, $"/v2/team/bob/blobs/uploads/?mount={secret}&from=team/deep/app"));
        Assert.Equal(HttpStatusCode.Accepted, await StatusOf(HttpMethod.Post, $"/v2/team/bob/blobs/uploads/?mount={secret}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOf(HttpMethod.Head, $"/v2/team/bob/blobs/{secret}"));
        Assert.Equal(HttpStatusCode.Created, await StatusOf(HttpMethod.Post, $"/v2/team/bob/blobs/uploads/?mount={shared}&from=public/site"));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Head, $"/v2/team/bob/blobs/{shared}"));
    }

    // The Docker Engine neither pulls without a password nor pushes with one unless the ping sends it for a token.
    [Fact]
    public async Task A_token_stands_for_a_log_in_or_for_none()
    {
        using (var ping = await SendAsync(HttpMethod.Get, "/v2/"))
        {
            Assert.Equal("401 UNAUTHORIZED", await ErrorOf(ping));
            Assert.Equal($"Bearer realm=\"http://127.0.0.1:{Server.Port}/v2/token\",service=\"registry\"", Header(ping, "WWW-Authenticate"));
        }
        using (var push = await SendAsync(HttpMethod.Post, "/v2/team/app/blobs/uploads/"))
            Assert.EndsWith(",scope=\"repository:team/app:pull,push,delete\"", Header(push, "WWW-Authenticate"), StringComparison.Ordinal);

        Bear(await TokenAsync());
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
        Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(HttpMethod.Get, "/v2/public/site/manifests/latest"));
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/team/app/manifests/latest"));
        LogIn("bob");
        var token = await TokenAsync();
        Bear(token);
        await PushImageAsync(repository: "team/app");
        Assert.Equal("403 DENIED", await ErrorOf(HttpMethod.Delete, "/v2/team/app/manifests/latest"));

        Bear(token[..^1] + (token[^1] == 'A' ? 'E' : 'A'));
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/"));
        LogIn("bob", "wrong");
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/token"));
        LogIn(null);
        Assert.Equal("405 UNSUPPORTED", await ErrorOf(HttpMethod.Post, "/v2/token"));
    }

    [Fact]
    public async Task A_token_ends_with_its_time_and_with_its_password()
    {
        LogIn("alice");
        var alices = await TokenAsync();
        LogIn("bob");
        var bobs = await TokenAsync();
        await HtpasswdFile.SetAsync(PasswordFile, "alice", "another", Cancelled);
        Bear(alices);
        for (var attempt = 0; await StatusOf(HttpMethod.Get, "/v2/") != HttpStatusCode.Unauthorized; attempt++)
        {
            Assert.InRange(attempt, 0, 200);
            await Task.Delay(50, Cancelled);
        }
        Bear(bobs);
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
        await RestartAsync();
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task Behind_a_proxy_that_speaks_TLS_tokens_are_asked_for_by_TLS()
    {
        Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        Client.DefaultRequestHeaders.Host = "registry.example.com";
        using var ping = await SendAsync(HttpMethod.Get, "/v2/");
        Assert.StartsWith("Bearer realm=\"https://registry.example.com/v2/token\"", Header(ping, "WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("**", "a/b/c", true)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("team/*", "team/a", true)]
    [InlineData("team/*", "team/a/b", false)]
    [InlineData("team/*", "team", false)]
    [InlineData("team/**", "team/a/b", true)]
    [InlineData("team/**", "teams/a", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("**/cache", "a/b/cache", true)]
    [InlineData("ci-*/app", "ci-7/app", true)]
    public void A_pattern_stands_for_names(string pattern, string name, bool matches)
    {
        Assert.True(RepositoryPattern.TryParse(pattern, out var parsed));
        Assert.Equal(matches, parsed.Matches(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Team")]
    [InlineData("***")]
    [InlineData("a|b")]
    [InlineData("(a)")]
    public void What_could_stand_for_no_name_is_no_pattern(string pattern) => Assert.False(RepositoryPattern.TryParse(pattern, out _));

    private void Bear(string token) => Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    private async Task<string> TokenAsync()
    {
        var answer = JsonElement.Parse(await Client.GetStringAsync("/v2/token?service=registry&scope=repository:team/app:pull,push", Cancelled));
        Assert.Equal(300, answer.GetProperty("expires_in").GetInt32());
        return answer.GetProperty("token").GetString()!;
    }

    private async Task<string[]> CatalogAsync() =>
        [.. JsonElement.Parse(await Client.GetStringAsync("/v2/_catalog", Cancelled)).GetProperty("repositories").EnumerateArray().Select(name => name.GetString()!)];
}
