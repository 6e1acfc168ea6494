// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;

namespace Drift.Registry.Tests;

/// <summary>A registry whose users may do everything, and all others nothing.</summary>
public sealed class AccessTests : AccessTest
{
    public static TheoryData<string, string> Requests => new()
    {
        { "GET", "/v2/" }, { "GET", "/v2/_catalog" }, { "GET", "/v2/demo/app/tags/list" }, { "GET", "/v2/demo/app/manifests/latest" },
        { "HEAD", "/v2/demo/app/manifests/latest" }, { "PUT", "/v2/demo/app/manifests/latest" }, { "DELETE", "/v2/demo/app/manifests/latest" },
        { "GET", $"/v2/demo/app/blobs/sha256:{new string('a', 64)}" }, { "DELETE", $"/v2/demo/app/blobs/sha256:{new string('a', 64)}" },
        { "GET", $"/v2/demo/app/referrers/sha256:{new string('a', 64)}" }, { "POST", "/v2/demo/app/blobs/uploads/" },
        { "PATCH", "/v2/demo/app/blobs/uploads/1" }, { "PUT", "/v2/demo/app/blobs/uploads/1" }, { "DELETE", "/v2/demo/app/blobs/uploads/1" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Everything_asks_for_a_password(string method, string path)
    {
        using var response = await SendAsync(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"Registry\", charset=\"UTF-8\"", Header(response, "WWW-Authenticate"));
        if (method != "HEAD") Assert.Equal("401 UNAUTHORIZED", await ErrorOf(response));
        LogIn("alice");
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusOf(new HttpMethod(method), path));
    }

    [Fact]
    public async Task A_user_pushes_and_pulls()
    {
        LogIn("alice");
        var manifest = await PushImageAsync();
        LogIn("bob");
        Assert.Equal(manifest, await Client.GetByteArrayAsync("/v2/demo/app/manifests/latest", Cancelled));
    }

    [Theory]
    [InlineData("alice", "open sesam")]
    [InlineData("alice", "open sesame\0")]
    [InlineData("alice", "")]
    [InlineData("alice", "OPEN SESAME")]
    [InlineData("Alice", Password)]
    [InlineData("carol", Password)]
    [InlineData("", Password)]
    public async Task Another_name_or_password_is_refused(string user, string password)
    {
        LogIn(user, password);
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/"));
        LogIn("alice");
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YWxpY2U=")]
    [InlineData("Bearer x")]
    [InlineData("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Negotiate x")]
    public async Task What_is_no_credential_is_refused(string header)
    {
        Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task A_changed_file_counts_within_seconds_and_a_wrong_one_does_not()
    {
        LogIn("bob");
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
        await HtpasswdFile.DeleteAsync(PasswordFile, "bob", Cancelled);
        await UntilAsync(HttpStatusCode.Unauthorized);
        await File.WriteAllTextAsync(PasswordFile, "not a password file", Cancelled);
        LogIn("alice");
        for (var end = TimeProvider.System.GetUtcNow().AddSeconds(2); TimeProvider.System.GetUtcNow() < end; await Task.Delay(200, Cancelled))
            Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
        File.Delete(PasswordFile);
        await HtpasswdFile.SetAsync(PasswordFile, "alice", "another", Cancelled);
        await UntilAsync(HttpStatusCode.Unauthorized);
        LogIn("alice", "another");
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task Guessing_is_told_to_wait_and_users_who_are_logged_in_are_not()
    {
        LogIn("alice");
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
        for (var guess = 0; guess < 10; guess++)
        {
            LogIn("bob", $"guess {guess}");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(HttpMethod.Get, "/v2/"));
        }
        LogIn("bob");
        using var response = await SendAsync(HttpMethod.Get, "/v2/");
        Assert.Equal("429 TOOMANYREQUESTS", await ErrorOf(response));
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        LogIn("alice");
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public async Task A_flood_of_log_ins_is_bounded_and_pulls_go_on()
    {
        LogIn("alice");
        var manifest = await PushImageAsync();
        using var flood = new HttpClient { BaseAddress = Server.Address };
        var guesses = Enumerable.Range(0, 300).Select(async guess =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/");
            request.Headers.Add("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"bob:{guess}")));
            using var response = await flood.SendAsync(request, Cancelled);
            return response.StatusCode;
        }).ToArray();
        while (!Task.WhenAll(guesses).IsCompleted) Assert.Equal(manifest, await Client.GetByteArrayAsync("/v2/demo/app/manifests/latest", Cancelled));
        var counts = (await Task.WhenAll(guesses)).CountBy(status => status).ToDictionary();
        Assert.True(counts[HttpStatusCode.TooManyRequests] >= 150, $"{counts[HttpStatusCode.TooManyRequests]} of 300 had to wait");
        Assert.Equal(300, counts.Values.Sum());
        Assert.All(counts.Keys, status => Assert.Contains(status, new[] { HttpStatusCode.TooManyRequests, HttpStatusCode.Unauthorized }));
    }

    private async Task UntilAsync(HttpStatusCode status)
    {
        for (var attempt = 0; await StatusOf(HttpMethod.Get, "/v2/") != status; attempt++)
        {
            Assert.InRange(attempt, 0, 200);
            await Task.Delay(50, Cancelled);
        }
    }
}
