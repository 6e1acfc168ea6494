// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The bytes of a segment: its front from memory, then one body after another, of which one is open at a time.</summary>
internal sealed class SiteSegmentStream(ReadOnlyMemory<byte> front, IReadOnlyList<SiteFile> bodies) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _front = front;
    private OpenContent? _open;
    private int _next;
    private long _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        if (!_front.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _front.Length);
            _front[..count].CopyTo(buffer);
            _front = _front[count..];
            return count;
        }
        while (_left == 0)
        {
            await CloseAsync(cancellationToken).ConfigureAwait(false);
            if (_next == bodies.Count) return 0;
            var file = bodies[_next++];
            _left = file.Length;
            _open = await file.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        var read = await _open!.Stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
        if (read == 0) throw Changed();
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
        if (disposing) _open?.Stream.Dispose();
        base.Dispose(disposing);
    }

    // The heads already tell the length, so a file that has grown is as wrong as one that has shrunk.
    private async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (_open is null) return;
        if (await _open.Stream.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) != 0) throw Changed();
        await _open.DisposeAsync().ConfigureAwait(false);
        _open = null;
    }

    private DriftException Changed() => new(ErrorCode.LayerSource,
        $"The file at {bodies[_next - 1].UrlPath} is not {bodies[_next - 1].Length} bytes long any more.", "Build again when nothing writes to the folder.");
}
