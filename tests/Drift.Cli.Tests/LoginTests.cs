// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift login</c> and <c>logout</c> at a registry that asks for a name and a password, and what others make of it.</summary>
public sealed class LoginTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string DockerConfig => _folder.Combine("docker", "config.json");

    private string AuthFile => _folder.Combine("podman", "auth.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Login_opens_a_registry_for_every_command_and_logout_closes_it()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        var image = registry.Host + "/site:1";
        var before = await RunAsync(["build", "-o", image]);
        Assert.Equal(4, before.ExitCode);
        Assert.Contains($"hint: Log in with drift login {registry.Host}.", before.Error, StringComparison.Ordinal);

        var login = (await LoginAsync(registry, DebianRegistry.Password + "\n")).EnsureSuccess();
        Assert.Equal(("", $"{registry.Host} knows tester\nkept in {DockerConfig}\n"), (login.Output, login.Error));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DockerConfig));
        var digest = (await JsonAsync("build", "-o", image)).GetProperty("digest").GetString();
        Assert.Equal(digest, (await JsonAsync("push", image, registry.Host + "/copy:1")).GetProperty("digest").GetString());
        Assert.Equal(digest, (await JsonAsync("pull", registry.Host + "/copy:1", $"oci:{_folder.Combine("layout")}")).GetProperty("digest").GetString());

        var logout = await JsonAsync("logout", registry.Host);
        Assert.Equal((registry.Host, DockerConfig), (logout.GetProperty("registry").GetString(), Assert.Single(logout.GetProperty("takenOutOf").EnumerateArray()).GetString()));
        Assert.Equal(4, (await RunAsync(["inspect", image])).ExitCode);
        Assert.Equal($"nothing was kept for {registry.Host}\n", (await RunAsync(["logout", registry.Host])).EnsureSuccess().Error);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_not_kept()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        foreach (var json in new[] { false, true })
        {
            var login = await LoginAsync(registry, "open barley", json ? ["--json"] : []);
            Assert.Equal(4, login.ExitCode);
            Assert.Contains("as tester", login.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("barley", login.Error + login.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String("tester:open barley"u8), login.Error + login.Output, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(DockerConfig));
    }

    [Fact]
    public async Task A_registry_that_lets_everyone_in_checks_nothing()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        // As the file of a service account's key is.
        var report = JsonElement.Parse((await LoginAsync(registry, "{\n  1\n}\n", ["--json"])).EnsureSuccess().Output);
        Assert.Contains(Convert.ToBase64String("tester:{\n  1\n}"u8), await File.ReadAllTextAsync(DockerConfig, Cancelled), StringComparison.Ordinal);
        Assert.False(report.GetProperty("checked").GetBoolean());
        Assert.Equal(("tester", DockerConfig), (report.GetProperty("username").GetString(), report.GetProperty("keptIn").GetString()));
    }

    [Fact]
    public async Task A_terminal_is_asked_and_does_not_show_the_password()
    {
        Need.Program("script");
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        // Typed as a person does: once the prompt is there and the terminal shows nothing more by itself.
        var typing = $$"""
            cd '{{_folder.Path}}'
            after() { until grep -q "$1" seen && stty -F "$(cat terminal)" -a | grep -q -- ' -echo '; do sleep 0.05; done; }
            after Username; printf '{{DebianRegistry.Username}}\r'
            after Password; printf '{{DebianRegistry.Password}}x\177\r'
            until grep -q 'kept in\|error' seen; do sleep 0.05; done
            """;
        var login = $"tty > '{_folder.Combine("terminal")}'; dotnet '{ProjectRoot.Combine("artifacts", "tool", "drift.dll")}' login {registry.Host}";
        _folder.Write("seen", "");
        (await ProcessRun.RunAsync("bash", ["-c", $"( {typing} ) | script -qefc \"{login}\" '{_folder.Combine("seen")}'"], environment: Environment, cancellationToken: Cancelled)).EnsureSuccess();
        var seen = await File.ReadAllTextAsync(_folder.Combine("seen"), Cancelled);
        Assert.Contains("knows tester", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_keeps_the_credential_where_the_config_says_so()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        _folder.Write("docker/config.json", """{"credsStore":"test"}""");
        var kept = _folder.Combine("kept");
        _folder.WriteProgram("bin/docker-credential-test", $"#!/bin/sh\ncase $1 in store) cat > '{kept}' ;; get) cat '{kept}' ;; erase) rm '{kept}' ;; esac\n");
        Assert.Equal("docker-credential-test", JsonElement.Parse((await LoginAsync(registry, DebianRegistry.Password, ["--json"])).EnsureSuccess().Output).GetProperty("keptIn").GetString());
        Assert.Equal("""{"credsStore":"test"}""", await File.ReadAllTextAsync(DockerConfig, Cancelled));
        (await RunAsync(["build", "-o", registry.Host + "/site:1"])).EnsureSuccess();
        (await RunAsync(["logout", registry.Host])).EnsureSuccess();
        Assert.False(File.Exists(kept));
    }

    [Fact]
    public async Task The_environment_opens_one_registry()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        var environment = new Dictionary<string, string?>(Environment, StringComparer.Ordinal) { ["DRIFT_USERNAME"] = DebianRegistry.Username, ["DRIFT_PASSWORD"] = DebianRegistry.Password };
        string[] build = ["build", "-o", registry.Host + "/site:1"];
        (await DriftTool.RunAsync(build, Cancelled, new Dictionary<string, string?>(environment, StringComparer.Ordinal) { ["DRIFT_REGISTRY"] = registry.Host })).EnsureSuccess();
        Assert.Equal(4, (await DriftTool.RunAsync(build, Cancelled, new Dictionary<string, string?>(environment, StringComparer.Ordinal) { ["DRIFT_REGISTRY"] = "127.0.0.1" })).ExitCode);
        var unbound = await DriftTool.RunAsync(build, Cancelled, environment);
        Assert.Equal(3, unbound.ExitCode);
        Assert.Contains("hint: Set DRIFT_REGISTRY", unbound.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(DebianRegistry.Password, unbound.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skopeo")]
    [InlineData("podman")]
    public async Task Other_tools_find_what_is_kept_and_Drift_what_they_keep(string tool)
    {
        Need.Program(tool);
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        (await LoginAsync(registry, DebianRegistry.Password)).EnsureSuccess();
        var image = registry.Host + "/site:1";
        (await RunAsync(["build", "-o", image])).EnsureSuccess();
        string[] read = tool == "skopeo" ? ["inspect", "--tls-verify=false", "docker://" + image] : ["search", "--list-tags", "--tls-verify=false", registry.Host + "/site"];
        // Without a file of its own, the tool reads Docker's.
        var theirs = new Dictionary<string, string?>(Environment, StringComparer.Ordinal) { ["REGISTRY_AUTH_FILE"] = null };
        (await ProcessRun.RunAsync(tool, read, environment: theirs, cancellationToken: Cancelled)).EnsureSuccess();
        (await RunAsync(["logout", registry.Host])).EnsureSuccess();
        Assert.NotEqual(0, (await ProcessRun.RunAsync(tool, read, environment: theirs, cancellationToken: Cancelled)).ExitCode);

        Directory.CreateDirectory(Path.GetDirectoryName(AuthFile)!);
        (await ProcessRun.RunAsync(tool, ["login", "--authfile", AuthFile, "--tls-verify=false", "-u", DebianRegistry.Username, "--password-stdin", registry.Host], DebianRegistry.Password, environment: Environment, cancellationToken: Cancelled)).EnsureSuccess();
        (await RunAsync(["inspect", image])).EnsureSuccess();
        Assert.Equal(AuthFile, Assert.Single((await JsonAsync("logout", registry.Host)).GetProperty("takenOutOf").EnumerateArray()).GetString());
        Assert.NotEqual(0, (await ProcessRun.RunAsync(tool, ["login", "--authfile", AuthFile, "--get-login", registry.Host], environment: Environment, cancellationToken: Cancelled)).ExitCode);
    }

    [Theory]
    [InlineData("login localhost:1 --password-stdin", 3, "no terminal to ask at for the username")]
    [InlineData("login localhost:1 -u me", 3, "no terminal to ask at for the password")]
    [InlineData("login localhost:1 -u me --password-stdin", 3, "The password is empty")]
    [InlineData("login localhost:1 -u a:b --password-stdin", 3, "holds a colon")]
    [InlineData("login localhost:1 -u me --password secret", 2, "does not know '--password'")]
    [InlineData("login https://ghcr.io -u me --password-stdin", 3, "'https://ghcr.io' is not the host of a registry")]
    [InlineData("login ghcr.io/me -u me --password-stdin", 3, "'ghcr.io/me' is not the host of a registry")]
    [InlineData("logout ghcr", 3, "'ghcr' is not the host of a registry")]
    [InlineData("login", 2, "'HOST' missing")]
    public async Task A_mistake_is_told_in_one_error_and_one_hint(string commandLine, int exitCode, string message)
    {
        var run = await RunAsync(commandLine.Split(' '));
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Matches("\nhint: [A-Z].*\\.\n$", run.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_damaged_config_is_named()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        _folder.Write("docker/config.json", """{"auths":{"secret" """);
        foreach (var arguments in new string[][] { ["build", "-o", registry.Host + "/site:1"], ["logout", registry.Host] })
        {
            var run = await RunAsync(arguments);
            Assert.Equal(3, run.ExitCode);
            Assert.Contains($"error DRIFT1008: {DockerConfig} is not JSON at line 1", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
        }
    }

    private Dictionary<string, string?> Environment => new(StringComparer.Ordinal)
    {
        ["DOCKER_CONFIG"] = Path.GetDirectoryName(DockerConfig),
        ["REGISTRY_AUTH_FILE"] = AuthFile,
        ["XDG_RUNTIME_DIR"] = _folder.Path,
        ["PATH"] = _folder.Combine("bin") + ":" + System.Environment.GetEnvironmentVariable("PATH"),
    };

    private Task<ProcessRun> RunAsync(IEnumerable<string> arguments) => DriftTool.RunAsync(arguments, Cancelled, Environment);

    private Task<JsonElement> JsonAsync(params string[] arguments) => DriftTool.JsonAsync(arguments, Cancelled, Environment);

    private Task<ProcessRun> LoginAsync(DebianRegistry registry, string password, params string[] more) =>
        DriftTool.RunAsync(["login", registry.Host, "--username", DebianRegistry.Username, "--password-stdin", .. more], Cancelled, Environment, input: password);
}
