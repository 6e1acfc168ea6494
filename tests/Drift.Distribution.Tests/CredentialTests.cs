// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Credentials in files as Docker and podman write them, and in credential helpers, which are real programs here.</summary>
public sealed class CredentialTests : DistributionTest
{
    private const string Secret = "s3cr3t";

    private string Config => Folder.Combine("docker", "config.json");

    private CredentialStore Store => new(Folder.Combine("podman", "auth.json"), Config) { HelperDirectories = [Folder.Combine("bin")], HelperPatience = TimeSpan.FromSeconds(10) };

    [Theory(Timeout = Limit)]
    [InlineData("ghcr.io", "ghcr.io")]
    [InlineData("https://ghcr.io", "ghcr.io")]
    [InlineData("https://ghcr.io/", "ghcr.io")]
    [InlineData("https://ghcr.io/v2/", "ghcr.io")]
    [InlineData("http://localhost:5000/v1/", "localhost:5000")]
    [InlineData("GHCR.io", "ghcr.io")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("index.docker.io/v1/", "docker.io")]
    [InlineData("index.docker.io", "docker.io")]
    [InlineData("docker.io", "docker.io")]
    [InlineData("registry-1.docker.io", "docker.io")]
    public async Task Every_spelling_of_a_registry_is_known(string key, string host)
    {
        Write($$"""{"auths":{"other.example":{"auth":"{{Pair("x:y")}}"},"{{key}}":{"auth":"{{Pair("me:" + Secret)}}"} } }""");
        Assert.Equal(("me", Secret, Config), await FindAsync(host, "team/app"));
        Assert.Null(await FindAsync("elsewhere.example", "team/app"));
        Assert.Null(await FindAsync(host + ":444", "team/app"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("""{"username":"me","password":"s3cr3t"}""")]
    [InlineData("""{"auth":"bWU6czNjcjN0"}""")]
    [InlineData("""{"auth":"bWU6czNjcjN0AAA=","email":"me@example.com"}""")]
    [InlineData("""{"auth":"bWU6czNjcjN0","username":"other","password":"other"}""")]
    public async Task Every_form_of_an_entry_is_read(string entry)
    {
        Write($$"""{"auths":{"ghcr.io":{{entry}} } }""");
        Assert.Equal(("me", Secret, Config), await FindAsync("ghcr.io", "app"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_password_may_hold_colons_and_letters_of_any_language()
    {
        Write($$"""{"auths":{"ghcr.io":{"auth":"{{Pair("me:a:b:ü語")}}"} } }""");
        Assert.Equal(("me", "a:b:ü語", Config), await FindAsync("ghcr.io", "app"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("""{"auth":"MDAwMDo=","identitytoken":"refresh"}""")]
    [InlineData("""{"username":"<token>","password":"refresh"}""")]
    public async Task An_identity_token_stands_for_name_and_password(string entry)
    {
        Write($$"""{"auths":{"me.azurecr.io":{{entry}} } }""");
        var credential = await Store.FindAsync("me.azurecr.io", null, Cancelled);
        Assert.Equal(("", "", "refresh"), (credential!.Username, credential.Password, credential.IdentityToken));
    }

    [Fact(Timeout = Limit)]
    public async Task Tokens_are_stored_as_what_they_are()
    {
        foreach (var credential in new[] { new RegistryCredential { IdentityToken = "refresh", Origin = Config }, new RegistryCredential { RegistryToken = "bearer", Origin = Config } })
        {
            await Store.StoreAsync("ghcr.io", credential, Cancelled);
            Assert.Equal(credential, await Store.FindAsync("ghcr.io", null, Cancelled));
        }
        Write("""{"credsStore":"test"}""");
        WriteHelper("exit 0");
        await FailsAsync(ErrorCode.NotSupported, () => Store.StoreAsync("ghcr.io", new RegistryCredential { RegistryToken = "bearer", Origin = Config }, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task The_entry_of_the_longest_path_wins()
    {
        Write($$"""{"auths":{"quay.io":{"auth":"{{Pair("all:1")}}"},"quay.io/team":{"auth":"{{Pair("team:2")}}"},"quay.io/team/app":{"auth":"{{Pair("app:3")}}"} } }""");
        foreach (var (repository, name) in new[] { ("team/app", "app"), ("team/app/sub", "app"), ("team/apple", "team"), ("team/other", "team"), ("teams/app", "all"), ("app", "all") })
        {
            Assert.Equal(name, (await FindAsync("quay.io", repository))?.Username);
        }
        Assert.Equal("all", (await Store.FindAsync("quay.io", null, Cancelled))?.Username);
    }

    [Fact(Timeout = Limit)]
    public async Task Podmans_file_comes_before_Dockers_and_the_given_credential_before_both()
    {
        Write($$"""{"auths":{"ghcr.io":{"auth":"{{Pair("docker:1")}}"},"quay.io":{"auth":"{{Pair("docker:1")}}"} } }""");
        Folder.Write("podman/auth.json", $$"""{"auths":{"ghcr.io":{"auth":"{{Pair("podman:1")}}"} } }""");
        Assert.Equal("podman", (await FindAsync("ghcr.io", "app"))?.Username);
        Assert.Equal("docker", (await FindAsync("quay.io", "app"))?.Username);
        var given = new HostCredential("index.docker.io", new RegistryCredential { Username = "given", Password = "1", Origin = "a test" }, Store);
        Assert.Equal("given", (await given.FindAsync("docker.io", null, Cancelled))?.Username);
        Assert.Equal("docker", (await given.FindAsync("quay.io", null, Cancelled))?.Username);
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"auths":{}}""")]
    [InlineData("""{"auths":null,"credsStore":"","credHelpers":{}}""")]
    [InlineData("""{"auths":{"ghcr.io":{}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":""}}}""")]
    [InlineData("""{"auths":{"ghcr.io":null}}""")]
    public async Task A_file_may_hold_nothing(string content)
    {
        Write(content);
        Assert.Null(await FindAsync("ghcr.io", "app"));
        File.Delete(Config);
        Assert.Null(await FindAsync("ghcr.io", "app"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("s3cr3t")]
    [InlineData("""{"auths":{"ghcr.io":{"password":"s3cr3t" """)]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"s3cr3t"}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"czNjcjN0"}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"/////w=="}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":["s3cr3t"]}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"identitytoken":"s3cr3t\ud800"}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"registrytoken":"s3cr3t\r\nX-Evil: 1"}}}""")]
    [InlineData("""{"auths":["s3cr3t"]}""")]
    [InlineData("""{"credHelpers":"s3cr3t"}""")]
    [InlineData("""{"credHelpers":{"ghcr.io":["s3cr3t"]}}""")]
    [InlineData("""{"credsStore":7}""")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"bWU6czNjcjN0"}},"auths":{}}""")]
    [InlineData("""{"credsStore":"../../s3cr3t"}""")]
    [InlineData("""{"credsStore":"a b"}""")]
    public async Task A_damaged_file_is_named_and_not_quoted(string content)
    {
        Write(content);
        var error = await FailsAsync(ErrorCode.InvalidSetting, () => FindAsync("ghcr.io", "app"));
        AssertContains(Config, error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("bWU6czNjcjN0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_that_cannot_be_one_is_not_read()
    {
        Write(new string(' ', 1024 * 1024) + "{}");
        AssertContains("larger than 1 MiB", (await FailsAsync(ErrorCode.InvalidSetting, () => FindAsync("ghcr.io", "app"))).Message);
        Write(string.Concat(Enumerable.Repeat("""{"a":""", 1000)));
        AssertContains("is not JSON", (await FailsAsync(ErrorCode.InvalidSetting, () => FindAsync("ghcr.io", "app"))).Message);
        File.Delete(Config);
        Directory.CreateDirectory(Config);
        AssertContains("cannot be read", (await FailsAsync(ErrorCode.FileSystem, () => FindAsync("ghcr.io", "app"))).Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("""{"credHelpers":{"ghcr.io":"test"}}""", "ghcr.io", "ghcr.io")]
    [InlineData("""{"credHelpers":{"ghcr.io/team":"test"}}""", "ghcr.io", "ghcr.io/team")]
    [InlineData("""{"credsStore":"test"}""", "ghcr.io", "ghcr.io")]
    [InlineData("""{"credsStore":"test"}""", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("""{"credsStore":"absent","credHelpers":{"index.docker.io":"test"}}""", "docker.io", "https://index.docker.io/v1/")]
    public async Task A_helper_is_asked_for_what_the_file_says(string content, string host, string asked)
    {
        Write(content);
        WriteHelper($$"""[ "$1" = get ] && [ "$(cat)" = "{{asked}}" ] && echo '{"ServerURL":"x","Username":"me","Secret":"s3cr3t"}'""");
        Assert.Equal(("me", Secret, "docker-credential-test"), await FindAsync(host, "team/app"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_helper_may_keep_an_identity_token_or_nothing()
    {
        Write("""{"credsStore":"test","auths":{"ghcr.io":{}}}""");
        WriteHelper("""echo '{"ServerURL":"x","Username":"<token>","Secret":"refresh"}'""");
        Assert.Equal("refresh", (await Store.FindAsync("ghcr.io", null, Cancelled))?.IdentityToken);
        WriteHelper("echo credentials not found in native keychain; exit 1");
        Assert.Null(await FindAsync("ghcr.io", "app"));
        // What was kept in the file before there was a helper.
        Write("""{"credsStore":"test","auths":{"ghcr.io":{"auth":"bWU6czNjcjN0"}}}""");
        Assert.Equal(("me", Secret, Config), await FindAsync("ghcr.io", "app"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("echo the keychain is locked; exit 1", "the keychain is locked")]
    [InlineData("echo the keychain is locked >&2; exit 1", "the keychain is locked")]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("true", "not JSON with ServerURL")]
    [InlineData("echo '{}'", "not JSON with ServerURL")]
    [InlineData("echo '[\"s3cr3t\"]'", "not JSON with ServerURL")]
    [InlineData("echo '{\"Username\":\"me\",\"Secret\":[\"s3cr3t\"]}'", "not JSON with ServerURL")]
    [InlineData("echo me s3cr3t", "not JSON with ServerURL")]
    [InlineData("yes", "answers without end")]
    [InlineData("yes >&2", "answers without end")]
    [InlineData("exec sleep 1000", "seconds are over")]
    public async Task A_helper_that_fails_is_named_and_not_quoted(string script, string message)
    {
        Write("""{"credsStore":"test"}""");
        WriteHelper(script);
        var store = new CredentialStore(Config) { HelperDirectories = [Folder.Combine("bin")], HelperPatience = TimeSpan.FromSeconds(script.Contains("sleep", StringComparison.Ordinal) ? 1 : 10) };
        var error = await FailsAsync(ErrorCode.AccessDenied, () => store.FindAsync("ghcr.io", null, Cancelled).AsTask());
        AssertContains("docker-credential-test", error.Message);
        AssertContains(message, error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_helper_that_is_not_there_is_named_with_the_file_that_wants_it()
    {
        Write("""{"credHelpers":{"ghcr.io":"absent"}}""");
        var error = await FailsAsync(ErrorCode.ToolMissing, () => FindAsync("ghcr.io", "app"));
        Assert.Equal($"{Config} names the credential helper docker-credential-absent, which is not installed.", error.Message);
        Assert.Null(await FindAsync("quay.io", "app"));
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_stored_is_found_and_forgotten()
    {
        Assert.Equal(Config, await Store.StoreAsync("docker.io", Me, Cancelled));
        Assert.Equal(("me", Secret, Config), await FindAsync("docker.io", "library/debian"));
        Assert.Equal(Compact($$"""{"auths":{"https://index.docker.io/v1/":{"auth":"{{Pair("me:" + Secret)}}"} } }"""), Compact(File.ReadAllText(Config)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Config));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Config)!));
        Assert.Equal([Config], await Store.EraseAsync("docker.io", Cancelled));
        Assert.Null(await FindAsync("docker.io", "library/debian"));
        Assert.Empty(await Store.EraseAsync("docker.io", Cancelled));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(Config)!));
    }

    [Fact(Timeout = Limit)]
    public async Task All_else_in_the_file_stays_and_so_does_a_link_to_it()
    {
        var target = Folder.Write("real/docker.json", $$"""
            {"HttpHeaders":{"a":"<ü&+>"},"big":12345678901234567890.10,"auths":{"quay.io":{"auth":"{{Pair("a:b")}}","more":[1,null]},"https://ghcr.io/v2/":{"auth":"{{Pair("old:old")}}"} },"proxies":{"default":{} } }
            """);
        File.SetUnixFileMode(target, (UnixFileMode)0b110_100_100);
        Directory.CreateDirectory(Path.GetDirectoryName(Config)!);
        File.CreateSymbolicLink(Config, "../real/docker.json");
        await Store.StoreAsync("ghcr.io", Me, Cancelled);
        Assert.Equal("../real/docker.json", new FileInfo(Config).LinkTarget);
        Assert.Equal(Compact($$"""{"HttpHeaders":{"a":"<ü&+>"},"big":12345678901234567890.10,"auths":{"quay.io":{"auth":"{{Pair("a:b")}}","more":[1,null]},"ghcr.io":{"auth":"{{Pair("me:" + Secret)}}"} },"proxies":{"default":{} } }"""), Compact(File.ReadAllText(target)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
    }

    [Fact(Timeout = Limit)]
    public async Task A_login_replaces_the_credential_that_is_found()
    {
        var podman = Folder.Write("podman/auth.json", $$"""{"auths":{"ghcr.io":{"auth":"{{Pair("old:old")}}"} } }""");
        Assert.Equal(podman, await Store.StoreAsync("ghcr.io", Me, Cancelled));
        Assert.Equal(("me", Secret, podman), await FindAsync("ghcr.io", "app"));
        Assert.False(File.Exists(Config));
        Assert.Equal(Config, await Store.StoreAsync("quay.io", Me, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_helper_stores_and_erases_and_the_file_keeps_no_secret()
    {
        Write($$"""{"credsStore":"test","auths":{"ghcr.io":{"auth":"{{Pair("old:old")}}"} } }""");
        var kept = Folder.Combine("kept");
        WriteHelper($"""
            case "$1" in
              store) cat > '{kept}' ;;
              get) [ -f '{kept}' ] && cat '{kept}' || ( echo credentials not found in native keychain; exit 1 ) ;;
              erase) [ "$(cat)" = ghcr.io ] && rm '{kept}' ;;
            esac
            """);
        var me = Me with { Password = "a\"b\\ü" };
        Assert.Equal("docker-credential-test", await Store.StoreAsync("ghcr.io", me, Cancelled));
        var stored = JsonElement.Parse(File.ReadAllText(kept));
        Assert.Equal(("ghcr.io", "me", "a\"b\\ü"), (stored.GetProperty("ServerURL").GetString(), stored.GetProperty("Username").GetString(), stored.GetProperty("Secret").GetString()));
        Assert.Equal("""{"credsStore":"test","auths":{}}""", Compact(File.ReadAllText(Config)));
        Assert.Equal(("me", "a\"b\\ü", "docker-credential-test"), await FindAsync("ghcr.io", "app"));
        Assert.Equal(["docker-credential-test"], await Store.EraseAsync("ghcr.io", Cancelled));
        Assert.False(File.Exists(kept));
        Assert.Empty(await Store.EraseAsync("ghcr.io", Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_helper_that_repeats_the_secret_is_not_quoted()
    {
        Write("""{"credsStore":"test"}""");
        WriteHelper("cat; exit 1");
        var error = await FailsAsync(ErrorCode.AccessDenied, () => Store.StoreAsync("ghcr.io", Me, Cancelled));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    private static RegistryCredential Me => new() { Username = "me", Password = Secret, Origin = "a test" };

    private static string Pair(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Compact(string json) => string.Concat(json.Where(c => !char.IsWhiteSpace(c)));

    private void Write(string config) => Folder.Write("docker/config.json", config);

    private void WriteHelper(string script) => Folder.WriteProgram("bin/docker-credential-test", "#!/bin/sh\n" + script + "\n");

    private async Task<(string Username, string Password, string Origin)?> FindAsync(string host, string repository) =>
        await Store.FindAsync(host, RepositoryName.Parse(repository), Cancelled) is { } credential ? (credential.Username, credential.Password, credential.Origin) : null;
}
