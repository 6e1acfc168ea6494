// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Recipes;

/// <summary>A part of a file that others read at the same time.</summary>
internal sealed class SiteSpoolStream(SafeFileHandle file, long offset, long length) : ReadOnlyStream
{
    private readonly long _end = offset + length;
    private long _position = offset;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = RandomAccess.Read(file, buffer.Span[..(int)Math.Min(buffer.Length, _end - _position)], _position);
        _position += read;
        return new(read);
    }
}
