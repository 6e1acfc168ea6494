// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The hardened base machine, booted by systemd-nspawn: its own systemd, services and network, and this machine's kernel. One logs in as <c>admin</c>, who may use sudo.</summary>
internal sealed class BootedMachine : IAsyncDisposable
{
    public const string Host = "base";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);
    private readonly TemporaryDirectory _folder = new();
    private readonly string _name = "dr" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly string _network = $"10.{RandomNumberGenerator.GetInt32(200, 250)}.{RandomNumberGenerator.GetInt32(0, 256)}";
    private Process? _process;

    private BootedMachine()
    {
    }

    public string SshConfiguration => _folder.Combine("ssh_config");

    public string Address => _network + ".2";

    /// <summary>Boots a folder, and waits until all is up.</summary>
    public static async Task<BootedMachine> StartAsync(string root, CancellationToken cancellationToken)
    {
        foreach (var program in new[] { "systemd-nspawn", "ssh", "ssh-keygen", "nsenter", "ip" }) Need.Program(program);
        var machine = new BootedMachine();
        try
        {
            await machine.InstallAsync(root);
            await machine.BootAsync(root, cancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command there as root.</summary>
    public Task<ProcessRun> SudoAsync(string command, CancellationToken cancellationToken, string? input = null) =>
        ProcessRun.RunAsync("ssh", ["-F", SshConfiguration, Host, $"sudo sh -c '{command}'"], input, cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        await ProcessRun.RunAsync("ip", ["link", "delete", "ve-" + _name]);
        _folder.Dispose();
    }

    private async Task InstallAsync(string root)
    {
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine("key"));
        await BaseMachineFixture.ShAsync(root, $"""
            chroot . useradd --create-home --shell /bin/bash --password '*' admin
            echo 'admin ALL=(root) NOPASSWD: ALL' >etc/sudoers.d/admin
            mkdir home/admin/.ssh
            cp {_folder.Combine("key.pub")} home/admin/.ssh/authorized_keys
            chroot . chown -R admin home/admin/.ssh
            # There is no cloud to ask.
            touch etc/cloud/cloud-init.disabled
            """);
        var hostKey = (await File.ReadAllTextAsync(Path.Combine(root, "etc/ssh/ssh_host_ed25519_key.pub"))).Split(' ');
        _folder.Write("known_hosts", $"{Address} {hostKey[0]} {hostKey[1]}\n");
        _folder.Write("ssh_config", $"""
            Host {Host}
              HostName {Address}
              User admin
              IdentityFile {_folder.Combine("key")}
              IdentitiesOnly yes
              UserKnownHostsFile {_folder.Combine("known_hosts")}
              GlobalKnownHostsFile /dev/null
              LogLevel ERROR

            """);
    }

    private async Task BootAsync(string root, CancellationToken cancellationToken)
    {
        _process = Process.Start(new ProcessStartInfo("systemd-nspawn",
            ["--quiet", "--boot", $"--directory={root}", $"--machine={_name}", "--register=no", "--keep-unit", "--network-veth", "--capability=all", "--console=pipe", "--link-journal=no"])
        { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var log = Task.WhenAll(_process.StandardOutput.ReadToEndAsync(CancellationToken.None), _process.StandardError.ReadToEndAsync(CancellationToken.None));
        var started = Stopwatch.StartNew();
        while (!await ConnectAsync() || (await SudoAsync("systemctl is-system-running --wait", cancellationToken)).ExitCode != 0)
        {
            if (_process.HasExited || started.Elapsed > StartPatience)
            {
                if (!_process.HasExited) _process.Kill(entireProcessTree: true);
                throw new InvalidOperationException("The machine did not boot.\n" + string.Concat(await log));
            }
            await Task.Delay(200, cancellationToken);
        }
    }

    // Its first process is the child of systemd-nspawn, once there is one; both ends of its cable appear then.
    private async Task<bool> ConnectAsync()
    {
        var children = $"/proc/{_process!.Id}/task/{_process.Id}/children";
        var child = File.Exists(children) ? (await File.ReadAllTextAsync(children)).Trim() : "";
        if (!int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        var script = $"ip link set ve-{_name} up && ip address replace {_network}.1/24 dev ve-{_name} && nsenter --net=/proc/{child}/ns/net sh -c 'ip link set lo up && ip link set host0 up && ip address replace {Address}/24 dev host0'";
        return (await ProcessRun.RunAsync("sh", ["-c", script])).ExitCode == 0;
    }

    private static async Task RunAsync(string program, params string[] arguments) => (await ProcessRun.RunAsync(program, arguments)).EnsureSuccess();
}
