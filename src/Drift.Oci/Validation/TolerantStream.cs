// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Reads a blob to its end whether or not it is what its descriptor says; <see cref="Fault"/> tells.</summary>
internal sealed class TolerantStream(Stream inner) : ReadOnlyStream
{
    /// <summary>How the blob differs; known when it was read to its end.</summary>
    public ContentException? Fault { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Fault is not null) return 0;
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentException e)
        {
            Fault = e;
            return 0;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
