// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The bytes of a segment: its front from memory, one body after another, of which one is open at a time, and zeros.</summary>
internal sealed class SiteSegmentStream(ReadOnlyMemory<byte> front, IReadOnlyList<SiteBody> bodies) : ReadOnlyStream
{
    private static readonly byte[] End = new byte[SiteFormat.EndSize];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlyMemory<byte> _memory = front;
    private OpenContent? _open;
    private int _next;
    private long _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        while (_memory.IsEmpty && _left == 0)
        {
            await CloseAsync(cancellationToken).ConfigureAwait(false);
            if (_next > bodies.Count) return 0;
            if (_next == bodies.Count)
            {
                _next++;
                _memory = End;
                break;
            }
            var body = bodies[_next++];
            _left = body.Length;
            _open = await body.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        if (!_memory.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _memory.Length);
            _memory[..count].CopyTo(buffer);
            _memory = _memory[count..];
            return count;
        }
        var read = await _open!.Stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
        if (read == 0) throw Changed();
        _hash.AppendData(buffer.Span[..read]);
        _left -= read;
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync().ConfigureAwait(false);
        _open = null;
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _open?.Stream.Dispose();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }

    // The heads already tell the length and the tag, so other bytes than those that were read before are wrong.
    private async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (_open is null) return;
        if (await _open.Stream.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) != 0) throw Changed();
        await _open.DisposeAsync().ConfigureAwait(false);
        _open = null;
        if (Convert.ToHexString(_hash.GetHashAndReset()) != bodies[_next - 1].Hash) throw Changed();
    }

    private static DriftException Changed() => new(ErrorCode.LayerSource, "A file of the site was written to while it was packed.", "Build again when nothing writes to the folder.");
}
