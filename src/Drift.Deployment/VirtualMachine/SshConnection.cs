// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// One connection of the system's own <c>ssh</c>, with the user's configuration, agent, jump hosts and known hosts. Everything else goes through it, so that
/// nothing connects anew; and when it is gone, so is everything. It ends with this process, whatever ends that.
/// </summary>
internal sealed class SshConnection : IAsyncDisposable
{
    // A socket's path has 108 bytes, of which ssh needs some for a temporary name.
    private const int MaximumSocketPath = 84;
    private const int MaximumGreeting = 64 * 1024;
    private readonly SshSettings _settings;
    private readonly TemporaryDirectory _folder;
    private ProcessStream? _master;

    private SshConnection(SshHost host, SshSettings settings, TemporaryDirectory folder)
    {
        Host = host;
        _settings = settings;
        _folder = folder;
    }

    public SshHost Host { get; }

    private string Socket => Path.Combine(_folder.Path, "s");

    /// <summary>Connects.</summary>
    /// <exception cref="DriftException">ssh is missing, or cannot connect; the message says why.</exception>
    public static async Task<SshConnection> OpenAsync(SshHost host, SshSettings settings, CancellationToken cancellationToken)
    {
        if (Tool.Find("ssh") is null) throw new DriftException(ErrorCode.ToolMissing, "ssh is not installed.", "Install the package openssh-client.");
        var connection = new SshConnection(host, settings, TemporaryDirectory.Create());
        try
        {
            await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a command of the machine's shell. Its input ends with this process.</summary>
    public ProcessStream Start(string command) => Start(["--", Host.ToString(), command]);

    /// <summary>A connection that the machine makes to a port of its own.</summary>
    public ProcessStream Connect(int port) => Start(["-W", $"127.0.0.1:{port}", "--", Host.ToString()]);

    /// <summary>The machine's address, when it can be asked for directly; null behind a jump host.</summary>
    public async Task<string?> AddressAsync(CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync("ssh", [.. UserOptions(), "-G", "--", Host.ToString()], cancellationToken).ConfigureAwait(false);
        var settings = result.Output.Split('\n').Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var isDirect = settings["proxyjump"].Concat(settings["proxycommand"]).All(proxy => proxy == "none");
        return isDirect ? settings["hostname"].FirstOrDefault() : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_master is not null) await _master.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(Socket) > MaximumSocketPath) throw new DriftException(ErrorCode.FileSystem, $"{Socket} is too long for a socket.", "Set TMPDIR to a shorter path.");
        var nonce = $"drift-{Guid.NewGuid():n}";
        // Nobody is asked anything: an unknown host key, a password or a passphrase is an error.
        _master = new ProcessStream(Tool.Start("ssh",
        [
            .. UserOptions(), "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3",
            "-o", "ControlMaster=yes", "-o", "ControlPersist=no", "-o", $"ControlPath={Socket}", "-T", "--", Host.ToString(), "exec cat",
        ]));
        try
        {
            await _master.WriteAsync(Encoding.ASCII.GetBytes(nonce + "\n"), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended already, and says why.
        }
        var said = new StringBuilder();
        var buffer = new byte[4096];
        // A login shell may greet first.
        while (said.Length < MaximumGreeting && !said.ToString().Contains(nonce, StringComparison.Ordinal))
        {
            var read = await _master.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw SshFailure.Of(Host, await _master.EndAsync().ConfigureAwait(false));
            said.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
    }

    // Without the master there is no connection: a new one of its own would act without the lock.
    private ProcessStream Start(string[] arguments) => new(Tool.Start("ssh",
        ["-o", "ProxyCommand=false", .. UserOptions(), "-o", "BatchMode=yes", "-o", "ControlMaster=no", "-o", $"ControlPath={Socket}", "-T", .. arguments]));

    private IEnumerable<string> UserOptions() =>
        [.. _settings.ConfigurationFile is { } file ? ["-F", file] : Array.Empty<string>(), .. _settings.Options.SelectMany(option => new[] { "-o", option })];
}
