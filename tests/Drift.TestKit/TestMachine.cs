// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Drift.TestKit;

/// <summary>
/// A virtual machine, as far as a test can tell: a network, processes and files of its own, a real <c>sshd</c> with its own keys, a real Docker Engine and
/// nft. Its files are this machine's, and what it changes of them is its own. It can be switched off at any moment, and on again.
/// </summary>
public sealed class TestMachine : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _folder = new();
    private readonly string _name = "dr" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly string _network = $"10.{RandomNumberGenerator.GetInt32(200, 250)}.{RandomNumberGenerator.GetInt32(0, 256)}";
    private readonly List<string> _log = [];
    private Process? _process;
    private NetworkNamespace? _inside;

    private TestMachine()
    {
    }

    /// <summary>The alias by which <see cref="SshConfiguration"/> knows it.</summary>
    public const string Host = "vm";

    /// <summary>Its address, which this machine reaches and no other one does.</summary>
    public IPAddress Address => IPAddress.Parse(_network + ".2");

    /// <summary>This machine's address, as it sees it.</summary>
    public string Neighbour => _network + ".1";

    /// <summary>A configuration of ssh that reaches it.</summary>
    public string SshConfiguration => _folder.Combine("ssh_config");

    /// <summary>The host keys that are known.</summary>
    public string KnownHosts => _folder.Combine("known_hosts");

    /// <summary>Its network, from inside.</summary>
    public NetworkNamespace Inside => _inside ?? throw new InvalidOperationException("the machine is off");

    private string Disk => _folder.Combine("disk");

    /// <summary>Makes one and switches it on; skips the test without root or without a program that it needs.</summary>
    /// <param name="size">The size of its disk, as tmpfs takes it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<TestMachine> StartAsync(CancellationToken cancellationToken, string size = "2g")
    {
        foreach (var program in new[] { "sshd", "ssh", "ssh-keygen", "dockerd", "docker", "nft", "ip", "unshare", "nsenter" }) Need.Program(program);
        Need.That(Environment.IsPrivilegedProcess, "namespaces need root");
        var machine = new TestMachine();
        try
        {
            await machine.InstallAsync(size);
            await machine.SwitchOnAsync(cancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Switches it on, and waits until one can log in and Docker answers.</summary>
    public async Task SwitchOnAsync(CancellationToken cancellationToken)
    {
        _process = Process.Start(new ProcessStartInfo("unshare",
        [
            "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", _folder.Combine("init.sh"), Disk,
            "--iptables=false", "--ip6tables=false", "--insecure-registry", _network + ".0/24", "--cgroup-parent", _name,
        ])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += Log;
        _process.ErrorDataReceived += Log;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        // The child of unshare is in the namespaces for sure.
        var started = Stopwatch.StartNew();
        while (await ChildAsync() is null) await Task.Delay(20, cancellationToken);
        var child = (await ChildAsync())!;
        _inside?.Dispose();
        _inside = new NetworkNamespace(_process.Id);
        await RunAsync("ip", "link", "add", _name, "type", "veth", "peer", "name", "eth0", "netns", _process.Id.ToString(CultureInfo.InvariantCulture));
        await RunAsync("ip", "address", "add", Neighbour + "/24", "dev", _name);
        await RunAsync("ip", "link", "set", _name, "up");
        await RunAsync("nsenter", "--net=/proc/" + child + "/ns/net", "ip", "address", "add", Address + "/24", "dev", "eth0");
        await RunAsync("nsenter", "--net=/proc/" + child + "/ns/net", "ip", "link", "set", "eth0", "up");
        while ((await SshAsync("docker version --format '{{.Server.Version}}'", cancellationToken)).ExitCode != 0)
        {
            if (_process.HasExited || started.Elapsed > StartPatience)
            {
                lock (_log) throw new InvalidOperationException("The machine did not start.\n" + string.Join('\n', _log));
            }
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Switches it off, as by its plug.</summary>
    public async Task SwitchOffAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        // The network goes with its last process, a moment later.
        await ProcessRun.RunAsync("ip", ["link", "delete", _name]);
    }

    /// <summary>Runs a command there as root.</summary>
    public Task<ProcessRun> SshAsync(string command, CancellationToken cancellationToken, string? input = null) =>
        ProcessRun.RunAsync("ssh", ["-F", SshConfiguration, Host, command], input, cancellationToken: cancellationToken);

    /// <summary>Runs a command there as root, which must succeed, and returns what it printed.</summary>
    public async Task<string> OutputAsync(string command, CancellationToken cancellationToken) => (await SshAsync(command, cancellationToken)).EnsureSuccess().Output.Trim();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _inside?.Dispose();
        await SwitchOffAsync();
        await Mounts.DetachBelowAsync(_folder.Path);
        foreach (var group in Directory.Exists("/sys/fs/cgroup") ? Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup") : [])
        {
            if (Directory.Exists(Path.Combine(group, _name))) await ProcessRun.RunAsync("find", [Path.Combine(group, _name), "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
        }
        _folder.Dispose();
    }

    private static async Task RunAsync(string program, params string[] arguments) => (await ProcessRun.RunAsync(program, arguments)).EnsureSuccess();

    private async Task InstallAsync(string size)
    {
        using (var reader = new StreamReader(typeof(TestMachine).Assembly.GetManifestResourceStream("test-machine.sh")!)) _folder.Write("init.sh", await reader.ReadToEndAsync());
        Directory.CreateDirectory(Disk);
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size},mode=755", "tmpfs", Disk);
        var ssh = Directory.CreateDirectory(Path.Combine(Disk, "files", "etc", "ssh")).FullName;
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(ssh, "test_host_key"));
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("user_key"));
        var keys = Path.Combine(ssh, "test_authorized_keys");
        File.Copy(_folder.Combine("user_key.pub"), keys);
        await File.WriteAllTextAsync(Path.Combine(ssh, "sshd_test"), """
            HostKey /etc/ssh/test_host_key
            AuthorizedKeysFile /etc/ssh/test_authorized_keys
            PermitRootLogin prohibit-password
            UsePAM no
            MaxSessions 100
            MaxStartups 100
            PidFile none
            """);
        var key = (await File.ReadAllTextAsync(Path.Combine(ssh, "test_host_key.pub"))).Split(' ');
        await File.WriteAllTextAsync(KnownHosts, $"{Address} {key[0]} {key[1]}\n");
        await File.WriteAllTextAsync(SshConfiguration, $"""
            Host {Host}
              HostName {Address}
              User root
              IdentityFile {_folder.Combine("user_key")}
              IdentitiesOnly yes
              UserKnownHostsFile {KnownHosts}
              GlobalKnownHostsFile /dev/null
              LogLevel ERROR

            """);
        // Debian's own file, with the line that the guide asks for.
        await File.WriteAllTextAsync(Path.Combine(Disk, "files", "etc", "nftables.conf"), "#!/usr/sbin/nft -f\n\nflush ruleset\n\ninclude \"/etc/nftables.d/*.nft\"\n");
    }

    private async Task<string?> ChildAsync()
    {
        var children = $"/proc/{_process!.Id}/task/{_process.Id}/children";
        if (_process.HasExited) throw new InvalidOperationException("The machine ended at once.");
        return File.Exists(children) && (await File.ReadAllTextAsync(children)).Trim() is { Length: > 0 } child ? child : null;
    }

    private void Log(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            if (line.Data is not null && _log.Count < 1000) _log.Add(line.Data);
        }
    }
}
