// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>Reads an object of a bucket up to an offset, and goes on where it was when the connection breaks.</summary>
internal sealed class ObjectReader(Bucket bucket, StoredObject content, long end) : IAsyncDisposable
{
    private const int Attempts = 4;
    private Stream? _rest;

    /// <summary>Reads bytes at an offset, which is where the read before this one ended, or any for the first.</summary>
    /// <exception cref="BucketException">The object cannot be read.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> memory, long offset, CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                _rest ??= await bucket.OpenAsync(content.Key, offset, end, cancellationToken).ConfigureAwait(false);
                return await _rest.ReadAsync(memory, cancellationToken).ConfigureAwait(false) is > 0 and var count ? count : throw new EndOfStreamException($"{content.Key} ends at {offset} of {content.Size} bytes.");
            }
            catch (Exception e) when (e is (IOException and not BucketException) or HttpRequestException && ++failures < Attempts)
            {
                await DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_rest is not null) await _rest.DisposeAsync().ConfigureAwait(false);
        _rest = null;
    }
}
