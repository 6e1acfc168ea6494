// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Writes to another stream what is read. It owns neither.</summary>
internal sealed class TeeStream(Stream input, Stream output) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
        return read;
    }
}
