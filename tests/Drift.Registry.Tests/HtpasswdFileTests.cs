// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>Files of passwords, as they are here and as Apache's <c>htpasswd</c> has them.</summary>
public sealed class HtpasswdFileTests : IDisposable
{
    private const string Hash = "$2y$05$sSgfB/9Lm3P1vkIVfSDjlerTX/W54Q5UjcRwNgvL9zFtR7b3ovpii";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Users => _folder.Combine("users");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Apache_reads_what_is_written_here()
    {
        Assert.True(await HtpasswdFile.SetAsync(Users, "alice", "old", Cancelled));
        Assert.True(await HtpasswdFile.SetAsync(Users, "bob", "bob's", Cancelled));
        Assert.False(await HtpasswdFile.SetAsync(Users, "alice", "Öffne dich", Cancelled));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Users));
        Assert.Equal(["users"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
        (await ApacheAsync("-v", "alice", "Öffne dich")).EnsureSuccess();
        (await ApacheAsync("-v", "bob", "bob's")).EnsureSuccess();
        Assert.NotEqual(0, (await ApacheAsync("-v", "alice", "old")).ExitCode);
        Assert.True(await HtpasswdFile.DeleteAsync(Users, "bob", Cancelled));
        Assert.False(await HtpasswdFile.DeleteAsync(Users, "bob", Cancelled));
        Assert.NotEqual(0, (await ApacheAsync("-v", "bob", "bob's")).ExitCode);
    }

    [Fact]
    public async Task What_Apache_writes_is_read_here()
    {
        (await ApacheAsync("-cBC4", "alice", "wonder land")).EnsureSuccess();
        await using var server = await StartAsync();
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("Authorization", "Basic " + Convert.ToBase64String("alice:wonder land"u8));
        using var response = await client.GetAsync("/v2/", Cancelled);
        response.EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_file_keeps_its_mode_its_comments_and_its_other_lines()
    {
        _folder.Write("users", $"# the team\n\nbob:{Hash}\n");
        File.SetUnixFileMode(Users, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await HtpasswdFile.SetAsync(Users, "alice", "secret", Cancelled);
        Assert.StartsWith($"# the team\n\nbob:{Hash}\nalice:$2y$10$", await File.ReadAllTextAsync(Users, Cancelled), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Users));
    }

    [Theory]
    [InlineData("alice:$apr1$x$y", "users:1: The line has no bcrypt hash of a cost from 4 to 14, and no other kind is accepted.")]
    [InlineData("alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "users:1: The line has no bcrypt hash")]
    [InlineData("alice:plain", "users:1: The line has no bcrypt hash")]
    [InlineData("# team\nalice:$2y$15$sSgfB/9Lm3P1vkIVfSDjlerTX/W54Q5UjcRwNgvL9zFtR7b3ovpii", "users:2: The line has no bcrypt hash of a cost")]
    [InlineData("alice:$2x$05$sSgfB/9Lm3P1vkIVfSDjlerTX/W54Q5UjcRwNgvL9zFtR7b3ovpii", "users:1: The line has no bcrypt hash")]
    [InlineData("alice:$2y$05$sSgfB/9Lm3P1vkIVfSDjlerTX/W54Q5UjcRwNgvL9zFtR7b3ovpi!", "users:1: The line has no bcrypt hash")]
    [InlineData("alice", "users:1: The line is not USER:HASH.")]
    [InlineData(":" + Hash, "users:1: The line is not USER:HASH.")]
    [InlineData("alice:" + Hash + "\nalice:" + Hash, "users:2: The line names a user for the second time.")]
    public async Task A_line_that_is_no_user_with_a_bcrypt_hash_is_named(string content, string message)
    {
        _folder.Write("users", content);
        var error = await Assert.ThrowsAsync<DriftException>(StartAsync);
        Assert.Equal(ErrorCode.InvalidSetting, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("registry")));
    }

    [Theory]
    [InlineData("", "secret")]
    [InlineData("a:b", "secret")]
    [InlineData("a\nb", "secret")]
    [InlineData("#a", "secret")]
    [InlineData("alice", "")]
    [InlineData("alice", "a\0b")]
    [InlineData("alice", "1234567890123456789012345678901234567890123456789012345678901234567890123")]
    public async Task What_cannot_be_stored_changes_nothing(string user, string password)
    {
        Assert.Equal(ErrorCode.InvalidSetting, (await Assert.ThrowsAsync<DriftException>(() => HtpasswdFile.SetAsync(Users, user, password, Cancelled))).Code);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private Task<RegistryServer> StartAsync() => RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = _folder.Combine("registry"), Access = new RegistryAccess { PasswordFile = Users } }, Cancelled);

    private Task<ProcessRun> ApacheAsync(string option, string user, string password) => ProcessRun.RunAsync(Need.Program("htpasswd"), ["-i", option, Users, user], password, cancellationToken: Cancelled);
}
