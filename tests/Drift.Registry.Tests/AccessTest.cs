// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Drift.Registry.Tests;

/// <summary>A test against a registry that knows Alice and Bob.</summary>
public abstract class AccessTest : RegistryTest
{
    protected const string Password = "open sesame";

    protected string PasswordFile => Folder.Combine("users");

    protected virtual IReadOnlyList<AccessRule> Rules => RegistryAccess.UsersOnly;

    protected override RegistryOptions Options => base.Options with { Access = new RegistryAccess { PasswordFile = PasswordFile, Rules = Rules } };

    public override async ValueTask InitializeAsync()
    {
        await HtpasswdFile.SetAsync(PasswordFile, "alice", Password, Cancelled);
        await HtpasswdFile.SetAsync(PasswordFile, "bob", Password, Cancelled);
        await base.InitializeAsync();
    }

    protected static AccessRule Rule(string repositories, string users, RepositoryActions allow)
    {
        Assert.True(RepositoryPattern.TryParse(repositories, out var pattern));
        return new AccessRule { Repositories = pattern, Users = users.Split(' '), Allow = allow };
    }

    /// <summary>Sends the requests that follow on behalf of a user; null for nobody's.</summary>
    protected void LogIn(string? user, string password = Password) => Client.DefaultRequestHeaders.Authorization = user is null ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    protected async Task<HttpStatusCode> StatusOf(HttpMethod method, string path)
    {
        using var response = await SendAsync(method, path);
        return response.StatusCode;
    }

    protected async Task<string> ErrorOf(HttpMethod method, string path)
    {
        using var response = await SendAsync(method, path);
        return await ErrorOf(response);
    }
}
