// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A plan for bytes. Making one does no I/O; <see cref="OpenAsync"/> does.</summary>
public abstract class ContentSource
{
    /// <summary>Opens the bytes from their start, together with how many there will be. The caller disposes the result.</summary>
    public abstract ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default);

    /// <summary>Bytes in memory.</summary>
    public static ContentSource FromBytes(ReadOnlyMemory<byte> bytes) => new BytesSource(bytes);

    /// <summary>A file, opened when the content is needed.</summary>
    public static ContentSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileSource(path);
    }

    /// <summary>Bytes from anywhere; <paramref name="open"/> runs once for each time that the content is needed.</summary>
    public static ContentSource Create(Func<CancellationToken, ValueTask<OpenContent>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new DelegateSource(open);
    }

    private sealed class BytesSource(ReadOnlyMemory<byte> bytes) : ContentSource
    {
        public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default) =>
            new(new OpenContent(new ReadOnlyMemoryStream(bytes), bytes.Length));
    }

    private sealed class FileSource(string path) : ContentSource
    {
        public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
                return new(new OpenContent(new FileContentStream(stream), stream.Length));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DriftException(ErrorCode.LayerSource, $"{path} cannot be read: {e.Message}", "Check that the file exists and may be read.", e);
            }
        }
    }

    private sealed class DelegateSource(Func<CancellationToken, ValueTask<OpenContent>> open) : ContentSource
    {
        public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default) => open(cancellationToken);
    }
}
