// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The content of a reader's current entry as a stream. It owns nothing.</summary>
internal sealed class TarContentStream(TarReader reader) : ReadOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => reader.ReadContentAsync(buffer, cancellationToken);
}
