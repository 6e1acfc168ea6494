// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text;

namespace Drift.Machines;

/// <summary>Files of a machine that several checks need; each is read once.</summary>
internal sealed class MachineFiles(IInspectedMachine machine)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string[]?>>> _files = new(StringComparer.Ordinal);

    /// <summary>The lines of a file; null when it is not there.</summary>
    public Task<string[]?> FindLinesAsync(string path, CancellationToken cancellationToken) =>
        _files.GetOrAdd(path, path => new Lazy<Task<string[]?>>(() => ReadAsync(path, cancellationToken))).Value;

    /// <summary>The fields of each line, for example of <c>/etc/passwd</c>, of those that have enough of them.</summary>
    public async Task<IReadOnlyList<string[]>> FieldsAsync(string path, int count, CancellationToken cancellationToken)
    {
        var lines = await FindLinesAsync(path, cancellationToken).ConfigureAwait(false) ?? throw new CheckException($"open {path}: no such file or directory");
        return [.. lines.Select(line => line.Split(':')).Where(fields => fields.Length >= count)];
    }

    private async Task<string[]?> ReadAsync(string path, CancellationToken cancellationToken) =>
        await machine.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } content ? Encoding.UTF8.GetString(content).Split('\n') : null;
}
