// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Machines;

/// <summary>
/// A folder that holds the files of a machine: an image that is mounted, or a root of debootstrap. Its files are read from here; its commands run, when this process
/// is root, in namespaces of their own, without a network, and with the folder read-only.
/// </summary>
internal sealed class FolderMachine : IInspectedMachine
{
    // What the system's manager mounts: nothing of it stays in the folder.
    private const string Enter = """
        set -e
        mount --make-rprivate /
        mount --bind -- "$1" "$1"
        mount -o remount,bind,ro -- "$1"
        cd -- "$1"
        mount -t proc -o nosuid,nodev,noexec proc proc
        mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs run
        mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs tmp
        mount -t tmpfs -o nosuid,noexec,mode=755 tmpfs dev
        for device in null zero full random urandom; do
          : >"dev/$device"
          mount --bind "/dev/$device" "dev/$device"
        done
        exec chroot . /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh -c "$4"
        """;

    private readonly string _root;
    private readonly LocalShell _shell;

    /// <param name="root">The folder.</param>
    public FolderMachine(string root)
    {
        _root = Path.GetFullPath(root);
        _shell = new LocalShell("unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c", Enter, "sh", _root);
    }

    public bool IsUp => false;

    public Task<CommandOutput> RunAsync(string command, TimeSpan timeout, CancellationToken cancellationToken, string? input = null)
    {
        if (!Environment.IsPrivilegedProcess) throw new NotCheckableException("commands of a folder need root");
        return RootPath.Resolve(_root, "/bin/sh", follow: true) is { } shell && File.Exists(shell)
            ? _shell.RunAsync(command, timeout, cancellationToken, input)
            : throw new NotCheckableException("the folder has no /bin/sh");
    }

    public Task<FileState?> StatAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(RootPath.Resolve(_root, path, follow: false) is { } here ? FileStatus.Read(here) : null);

    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (RootPath.Resolve(_root, path, follow: true) is not { } here || FileStatus.Read(here) is not { } state) return null;
        if (state.Size > IInspectedMachine.MaximumFile) throw new CheckException($"{path} is larger than {IInspectedMachine.MaximumFile} bytes");
        var file = Open(path, here, state);
        await using var _ = file.ConfigureAwait(false);
        var content = new byte[state.Size];
        return content[..await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)];
    }

    public async Task<string> DigestAsync(string path, string algorithm, CancellationToken cancellationToken)
    {
        if (RootPath.Resolve(_root, path, follow: true) is not { } here || FileStatus.Read(here) is not { } state) throw new CheckException($"open {path}: no such file or directory");
        var file = Open(path, here, state);
        await using var _ = file.ConfigureAwait(false);
        return Convert.ToHexStringLower(await CryptographicOperations.HashDataAsync(new HashAlgorithmName(algorithm.ToUpperInvariant()), file, cancellationToken).ConfigureAwait(false));
    }

    public Task<bool> IsEnabledAsync(string unit, CancellationToken cancellationToken) => new UnitFiles(_root, this).IsEnabledAsync(unit, cancellationToken);

    // A device or a pipe could go on for ever.
    private static FileStream Open(string path, string here, FileState state)
    {
        if (!state.IsFile) throw new CheckException($"{path} is not a regular file");
        try
        {
            return new FileStream(here, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckException($"{path} cannot be read: {e.Message}");
        }
    }
}
