// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>The <c>index.json</c> of a layout folder. Its writers take turns by a lock, which ends with the process that holds it.</summary>
/// <param name="directory">The layout's folder.</param>
/// <param name="name">The layout's name in errors.</param>
internal sealed class LayoutIndex(string directory, string name)
{
    public const string LockName = ".index.lock";
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);

    public string Path { get; } = System.IO.Path.Combine(directory, "index.json");

    public async Task<ImageIndex> ReadAsync(CancellationToken cancellationToken) =>
        Parse(await LocalStore.GuardAsync(directory, () => ReadBytesAsync(cancellationToken)).ConfigureAwait(false));

    /// <summary>Reads the index, changes its entries, and writes it if that makes a difference, while nobody else does.</summary>
    public Task ChangeAsync(Func<IReadOnlyList<Descriptor>, IEnumerable<Descriptor>> change, CancellationToken cancellationToken) =>
        ChangeAsync(entries => Task.FromResult(change(entries)), cancellationToken);

    /// <inheritdoc cref="ChangeAsync(Func{IReadOnlyList{Descriptor}, IEnumerable{Descriptor}}, CancellationToken)"/>
    public async Task ChangeAsync(Func<IReadOnlyList<Descriptor>, Task<IEnumerable<Descriptor>>> change, CancellationToken cancellationToken) => await LocalStore.GuardAsync(directory, async () =>
    {
        using var _ = await LockAsync(cancellationToken).ConfigureAwait(false);
        var bytes = await ReadBytesAsync(cancellationToken).ConfigureAwait(false);
        var index = Parse(bytes);
        var changed = OciJson.Write(index with { Manifests = [.. await change(index.Manifests).ConfigureAwait(false)] });
        if (!changed.AsSpan().SequenceEqual(bytes)) await AtomicFile.WriteAsync(Path, changed, cancellationToken).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    public Task WriteAsync(ImageIndex index, CancellationToken cancellationToken) => AtomicFile.WriteAsync(Path, OciJson.Write(index), cancellationToken);

    public async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(directory, LockName);
        var deadline = Environment.TickCount64 + (long)LockTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && Environment.TickCount64 < deadline)
            {
                await Task.Delay(20, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<byte[]> ReadBytesAsync(CancellationToken cancellationToken)
    {
        // What has no length is never opened: a pipe would wait for its writer.
        if (new FileInfo(Path).Length == 0) return [];
        var file = File.OpenRead(Path);
        await using var _ = file.ConfigureAwait(false);
        if (file.Length > OciJson.MaximumSize) throw new DriftException(ErrorCode.InvalidContent, $"The index.json of {name} is larger than {OciJson.MaximumSize} bytes.", "Write its images into several layouts.");
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private ImageIndex Parse(byte[] bytes) => OciJson.ReadIndex(bytes, $"{name}, index.json,");
}
