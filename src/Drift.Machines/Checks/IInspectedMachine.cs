// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>What checks look at: a machine that is up, or a folder that holds the files of one.</summary>
internal interface IInspectedMachine
{
    /// <summary>How large a file may be whose content is looked at, in bytes; digests have no limit.</summary>
    const int MaximumFile = 16 * 1024 * 1024;

    /// <summary>Whether there are processes, sockets and a kernel to ask.</summary>
    bool IsUp { get; }

    /// <summary>Runs a command of the machine's shell.</summary>
    /// <exception cref="CheckException">It took too long, or wrote too much.</exception>
    /// <exception cref="NotCheckableException">Nothing can be run there.</exception>
    Task<CommandOutput> RunAsync(string command, TimeSpan timeout, CancellationToken cancellationToken, string? input = null);

    /// <summary>What a path is, without following it when it is a symbolic link; null when there is nothing.</summary>
    Task<FileState?> StatAsync(string path, CancellationToken cancellationToken);

    /// <summary>The content of a file, links followed; null when there is none.</summary>
    /// <exception cref="CheckException">It is no file, may not be read, or is larger than <see cref="MaximumFile"/>.</exception>
    Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken);

    /// <summary>The digest of a file's content in small hexadecimal letters.</summary>
    /// <param name="path">The file, links followed.</param>
    /// <param name="algorithm"><c>md5</c>, <c>sha256</c> or <c>sha512</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<string> DigestAsync(string path, string algorithm, CancellationToken cancellationToken);

    /// <summary>Whether a unit of systemd starts with the machine, as <c>systemctl is-enabled</c> has it.</summary>
    Task<bool> IsEnabledAsync(string unit, CancellationToken cancellationToken);
}
