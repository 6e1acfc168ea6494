// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>
/// The embedded registry with TLS, passwords and reading for everyone, and the clients that others wrote: each one is refused a push, pulls without
/// a password, logs in, pushes, and is refused what its user may not do.
/// </summary>
[Collection(EnginesDefinition.Name)]
public sealed class RegistryAccessTests(EnginesFixture engines) : IAsyncLifetime
{
    private const string Password = "open sesame";
    private readonly TemporaryDirectory _folder = new();
    private TestCertificate? _certificate;
    private DriftProcess? _registry;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Host => _registry!.Report.GetProperty("address").GetString()!;

    // Drift and containerd speak HTTP to localhost.
    private string OwnName => Host.Replace("localhost", Dns.GetHostName(), StringComparison.Ordinal);

    private string Source => Host + "/public/site:1";

    private string Pushed => Host + "/alice/site:1";

    private string Forbidden => Host + "/bob/site:1";

    public async ValueTask InitializeAsync()
    {
        Need.That((await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork, Cancelled)).Length > 0, "this machine does not know its own name");
        _certificate = new TestCertificate(_folder);
        var users = _folder.Combine("users");
        (await DriftTool.RunAsync(["registry", "passwd", users, "alice"], Cancelled, input: Password + "\n")).EnsureSuccess();
        var rules = _folder.Write("rules.yaml", """
            - {repositories: "alice/**", users: [alice], allow: [pull, push]}
            - {repositories: "public/**", users: [alice], allow: [pull, push]}
            - {repositories: "public/**", users: [anonymous], allow: [pull]}
            """);
        _registry = await DriftTool.StartAsync(["registry", "serve", "--port", "0", "--listen", "0.0.0.0", "--storage", _folder.Combine("registry"), "--htpasswd", users, "--rules", rules, .. _certificate.Arguments], Cancelled);
        _folder.Write("certs/ca.crt", await File.ReadAllTextAsync(_certificate.AuthorityFile, Cancelled));
        (await DriftAsync("build", "--platform", "linux/amd64", "-o", OwnName + "/public/site:1")).EnsureSuccess();
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null) await _registry.DisposeAsync();
        _certificate?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Drift()
    {
        var source = OwnName + "/public/site:1";
        (await DriftAsync("push", source, OwnName + "/alice/site:1")).EnsureSuccess();
        var refused = await DriftAsync("push", source, OwnName + "/bob/site:1");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("denied", refused.Error, StringComparison.Ordinal);
        Assert.Equal(6, (await DriftTool.RunAsync(["inspect", source], Cancelled)).ExitCode);
        (await DriftTool.RunAsync(["inspect", source, "--ca-file", _certificate!.AuthorityFile], Cancelled)).EnsureSuccess();
    }

    // It takes any certificate of this machine's own addresses.
    [Fact]
    public async Task Docker_Engine()
    {
        var docker = await engines.DockerAsync();
        (await docker.RunAsync(["pull", "--quiet", Source], Cancelled)).EnsureSuccess();
        foreach (var image in new[] { Pushed, Forbidden }) (await docker.RunAsync(["tag", Source, image], Cancelled)).EnsureSuccess();
        Assert.NotEqual(0, (await docker.RunAsync(["push", "--quiet", Pushed], Cancelled)).ExitCode);
        string[] config = ["--config", _folder.Combine("docker")];
        Assert.NotEqual(0, (await docker.RunAsync([.. config, "login", "--username", "alice", "--password", "wrong", Host], Cancelled)).ExitCode);
        (await docker.RunAsync([.. config, "login", "--username", "alice", "--password", Password, Host], Cancelled)).EnsureSuccess();
        foreach (var arguments in new string[][] { ["push", "--quiet", Pushed], ["rmi", Source, Pushed], ["pull", "--quiet", Pushed] }) (await docker.RunAsync([.. config, .. arguments], Cancelled)).EnsureSuccess();
        Assert.Contains("denied", (await docker.RunAsync([.. config, "push", "--quiet", Forbidden], Cancelled)).Error, StringComparison.Ordinal);
        (await docker.RunAsync(["rmi", Pushed, Forbidden], Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task Podman()
    {
        string[] trust = ["--cert-dir", _folder.Combine("certs"), "--authfile", _folder.Write("podman.json", "{}")];
        (await engines.PodmanAsync(["pull", "--quiet", .. trust, Source])).EnsureSuccess();
        Assert.NotEqual(0, (await engines.PodmanAsync(["push", "--quiet", .. trust, Source, Pushed])).ExitCode);
        (await engines.PodmanAsync(["login", "--username", "alice", "--password", Password, .. trust, Host])).EnsureSuccess();
        (await engines.PodmanAsync(["push", "--quiet", .. trust, Source, Pushed])).EnsureSuccess();
        Assert.Contains("403", (await engines.PodmanAsync(["push", "--quiet", .. trust, Source, Forbidden])).Error, StringComparison.Ordinal);
        (await engines.PodmanAsync("rmi", Source)).EnsureSuccess();
        (await engines.PodmanAsync(["pull", "--quiet", .. trust, Pushed])).EnsureSuccess();
        (await engines.PodmanAsync("rmi", Pushed)).EnsureSuccess();
    }

    [Fact]
    public async Task Skopeo()
    {
        string[] trust = ["--src-cert-dir", _folder.Combine("certs"), "--dest-cert-dir", _folder.Combine("certs")];
        (await SkopeoAsync(["copy", .. trust, "--src-no-creds", "docker://" + Source, "dir:" + _folder.Combine("copied")])).EnsureSuccess();
        string[] push = ["copy", .. trust, "dir:" + _folder.Combine("copied")];
        Assert.NotEqual(0, (await SkopeoAsync([.. push, "--dest-no-creds", "docker://" + Pushed])).ExitCode);
        (await SkopeoAsync([.. push, "--dest-creds", "alice:" + Password, "docker://" + Pushed])).EnsureSuccess();
        Assert.Contains("403", (await SkopeoAsync([.. push, "--dest-creds", "alice:" + Password, "docker://" + Forbidden])).Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await SkopeoAsync(["copy", "docker://" + Source, "dir:" + _folder.Combine("untrusted")])).ExitCode);
    }

    [Fact]
    public async Task Containerd()
    {
        var containerd = await engines.ContainerdAsync();
        var (source, pushed, forbidden) = (OwnName + "/public/site:1", OwnName + "/alice/site:1", OwnName + "/bob/site:1");
        string[] trust = ["--tlscacert", _certificate!.AuthorityFile];
        string[] alice = [.. trust, "--user", "alice:" + Password];
        (await containerd.RunAsync(["images", "pull", .. trust, source], Cancelled)).EnsureSuccess();
        foreach (var image in new[] { pushed, forbidden }) (await containerd.RunAsync(["images", "tag", source, image], Cancelled)).EnsureSuccess();
        Assert.NotEqual(0, (await containerd.RunAsync(["images", "push", .. trust, pushed], Cancelled)).ExitCode);
        (await containerd.RunAsync(["images", "push", .. alice, pushed], Cancelled)).EnsureSuccess();
        Assert.NotEqual(0, (await containerd.RunAsync(["images", "push", .. alice, forbidden], Cancelled)).ExitCode);
        (await containerd.RunAsync(["images", "rm", "--sync", source, pushed, forbidden], Cancelled)).EnsureSuccess();
        (await containerd.RunAsync(["images", "pull", .. alice, pushed], Cancelled)).EnsureSuccess();
    }

    private Task<ProcessRun> DriftAsync(params string[] arguments) => DriftTool.RunAsync([.. arguments, "--ca-file", _certificate!.AuthorityFile], Cancelled,
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["DRIFT_REGISTRY"] = OwnName, ["DRIFT_USERNAME"] = "alice", ["DRIFT_PASSWORD"] = Password });

    private static Task<ProcessRun> SkopeoAsync(string[] arguments) => ProcessRun.RunAsync(Need.Program("skopeo"), ["--insecure-policy", .. arguments], cancellationToken: Cancelled);
}
