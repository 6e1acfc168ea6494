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
        return new NamedFile(path);
    }

    /// <summary>Bytes from anywhere; <paramref name="open"/> runs once for each time that the content is needed.</summary>
    public static ContentSource Create(Func<CancellationToken, ValueTask<OpenContent>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new DelegateSource(open);
    }

    /// <summary>
    /// Adds to <paramref name="inputs"/> what these bytes are, as far as that is known without reading them; as it stands, nothing is known.
    /// </summary>
    internal virtual void Describe(LayerInputs inputs) => inputs.AddUnknown();

    private sealed class BytesSource(ReadOnlyMemory<byte> bytes) : ContentSource
    {
        public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default) =>
            new(new OpenContent(new ReadOnlyMemoryStream(bytes), bytes.Length));

        internal override void Describe(LayerInputs inputs) => inputs.Add(bytes.Span);
    }

    private sealed class NamedFile(string path) : FileContent
    {
        protected override string FilePath => path;
    }

    private sealed class DelegateSource(Func<CancellationToken, ValueTask<OpenContent>> open) : ContentSource
    {
        public override ValueTask<OpenContent> OpenAsync(CancellationToken cancellationToken = default) => open(cancellationToken);
    }
}
