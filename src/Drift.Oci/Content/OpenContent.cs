// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Content being read: a stream from the first byte, and its length in bytes.</summary>
public sealed record OpenContent(Stream Stream, long Length) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
