// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Writes everything to two streams at once. It owns neither.</summary>
internal sealed class ForkStream(Stream first, Stream second) : WriteOnlyStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var other = second.WriteAsync(buffer, cancellationToken).AsTask();
        try
        {
            await first.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await other.ConfigureAwait(false);
        }
    }
}
