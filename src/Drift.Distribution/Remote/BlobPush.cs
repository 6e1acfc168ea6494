// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Sends a blob whose digest is known: by one PUT, or in chunks once a registry, or a proxy before it, wants no more at once. What fails goes
/// on from where the registry says that it is, or from the start (distribution-spec, "Pushing blobs").
/// </summary>
/// <param name="repository">Where to.</param>
/// <param name="descriptor">The blob.</param>
/// <param name="openAt">Opens its content at an offset.</param>
internal sealed class BlobPush(Repository repository, Descriptor descriptor, Func<long, CancellationToken, ValueTask<Stream>> openAt)
{
    private const int Progress = 64 * 1024;
    // What the most modest proxies take.
    private const int SmallestChunk = 1024 * 1024;
    private static readonly HttpStatusCode[] Finished = [HttpStatusCode.Created, HttpStatusCode.NoContent];
    // Some registries answer a PATCH with 201 or 204 instead of 202.
    private static readonly HttpStatusCode[] Continued = [HttpStatusCode.Accepted, HttpStatusCode.Created, HttpStatusCode.NoContent];
    private readonly RegistryConnection _registry = repository.Connection;
    private long _sent;
    private long? _chunkSize;
    private int _failures;

    /// <summary>Sends the blob.</summary>
    /// <param name="session">An upload that is open already, as after a mount that did not happen; null to open one.</param>
    /// <param name="cancellationToken">Stops the upload; the registry drops what it has.</param>
    public async Task RunAsync(UploadSession? session, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = _sent;
            try
            {
                session ??= await repository.Blobs.OpenUploadAsync(cancellationToken).ConfigureAwait(false);
                session = await SendNextAsync(session, cancellationToken).ConfigureAwait(false);
                if (session is null) return;
            }
            catch (RegistryException e) when (SmallerChunk(e.Status, session) is { } smaller)
            {
                _chunkSize = smaller;
                (session, _sent) = (null, 0);
            }
            catch (DriftException e) when (_failures < RetryDelay.MaximumRepetitions && IsWorthAnotherTry(e))
            {
                _failures++;
                await _registry.PauseAsync(_failures, cancellationToken).ConfigureAwait(false);
                session = await RecoverAsync(session, cancellationToken).ConfigureAwait(false);
                if (session is null && await repository.Blobs.HasAsync(descriptor, cancellationToken).ConfigureAwait(false)) return;
                // Failures in a row count; a registry that takes a few bytes each time is none to wait for.
                if (_sent - before >= Progress) _failures = 0;
            }
        }
    }

    /// <summary>The size of chunks to try after an answer that means too much at once; null when it means something else, or nothing smaller is left.</summary>
    private long? SmallerChunk(HttpStatusCode status, UploadSession? session)
    {
        if (session is null || (status != HttpStatusCode.RequestEntityTooLarge && (status != HttpStatusCode.RequestedRangeNotSatisfiable || _chunkSize is not null))) return null;
        var smaller = _chunkSize / 2 ?? _registry.Profile.ChunkSize;
        while (smaller >= descriptor.Size) smaller /= 2;
        smaller = Math.Max(smaller, session.MinimumChunk);
        return smaller >= SmallestChunk && smaller < (_chunkSize ?? descriptor.Size) ? smaller : null;
    }

    private bool IsWorthAnotherTry(DriftException e) => e.IsTransient
        // A session that was forgotten, or whose parts do not fit together, can be begun again.
        || (e is RegistryException { Status: HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.BadRequest } refused && (_sent > 0 || refused.Errors.Any(error => error.Code is "BLOB_UPLOAD_UNKNOWN" or "BLOB_UPLOAD_INVALID")));

    /// <summary>Sends what comes next; null when the blob is there.</summary>
    private async Task<UploadSession?> SendNextAsync(UploadSession session, CancellationToken cancellationToken)
    {
        var left = descriptor.Size - _sent;
        if (_sent == 0 && _chunkSize is null)
        {
            await SendAsync(HttpMethod.Put, session.Finish(descriptor.Digest), left, null, Finished, cancellationToken).ConfigureAwait(false);
            return null;
        }
        if (left == 0)
        {
            await SendAsync(HttpMethod.Put, session.Finish(descriptor.Digest), 0, null, Finished, cancellationToken).ConfigureAwait(false);
            return null;
        }
        var length = Math.Min(left, _chunkSize ?? left);
        // "start-end", without unit and total, is the specification's own form.
        var range = string.Create(CultureInfo.InvariantCulture, $"{_sent}-{_sent + length - 1}");
        using var response = await SendAsync(HttpMethod.Patch, session.Address, length, range, Continued, cancellationToken).ConfigureAwait(false);
        var received = UploadSession.Received(response);
        _sent = received is { } count && count <= _sent + length ? count : _sent + length;
        return UploadSession.Read(_registry, response, session.MinimumChunk);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, long length, string? range, HttpStatusCode[] expected, CancellationToken cancellationToken)
    {
        var offset = _sent;
        var request = new RegistryRequest(method, uri, TokenScope.Push(repository.Name), expected)
        {
            // Only this class knows from where to go on.
            IsRepeatable = false,
            Body = () =>
            {
                var content = new BlobContent(openAt, offset, length);
                if (range is not null) content.Headers.TryAddWithoutValidation("Content-Range", range);
                return content;
            },
        };
        var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (expected == Finished) response.Dispose();
        return response;
    }

    /// <summary>Asks how far an upload has come; null when it has to begin anew.</summary>
    private async Task<UploadSession?> RecoverAsync(UploadSession? session, CancellationToken cancellationToken)
    {
        _sent = 0;
        if (session is null || !_registry.Profile.Resumes) return null;
        try
        {
            var request = new RegistryRequest(HttpMethod.Get, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Accepted);
            using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (UploadSession.Received(response) is not { } received || received > descriptor.Size) return null;
            _sent = received;
            // Nothing arrived, or it cannot be told: a new session is simpler than one that may be half-full.
            return received == 0 ? null : response.Headers.Location is null ? session : UploadSession.Read(_registry, response, session.MinimumChunk);
        }
        catch (DriftException)
        {
            return null;
        }
    }
}
