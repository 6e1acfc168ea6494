// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Uploads to a repository in every way that the specification knows (distribution-spec, "Pushing blobs").</summary>
internal sealed class UploadProbe(Repository repository)
{
    private readonly RegistryConnection _registry = repository.Connection;

    /// <summary>Whether the upload that was opened last goes on at a relative address.</summary>
    public bool IsRelative { get; private set; }

    public async Task<UploadSession> OpenAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address(""), TokenScope.Push(repository.Name), HttpStatusCode.Accepted);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        IsRelative = response.Headers.Location is { IsAbsoluteUri: false };
        return UploadSession.Read(_registry, response);
    }

    public async Task<(bool, string)> CancelAsync(UploadSession session, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Delete, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.NoContent, HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "an upload can be given up" : "an upload that is given up stays until the registry drops it");
    }

    /// <summary>Sends a blob in two parts; true when the registry told in between how much it had.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="first">How many of them are the first part.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    public async Task<bool> SendChunksAsync(Descriptor blob, byte[] content, int first, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        session = await SendAsync(session, content, 0, first, cancellationToken).ConfigureAwait(false);
        long? received;
        var ask = new RegistryRequest(HttpMethod.Get, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed);
        using (var status = await _registry.SendAsync(ask, cancellationToken).ConfigureAwait(false)) received = status.IsSuccessStatusCode ? UploadSession.Received(status) : null;
        session = await SendAsync(session, content, first, content.Length - first, cancellationToken).ConfigureAwait(false);
        await repository.Blobs.FinishUploadAsync(session, blob, cancellationToken).ConfigureAwait(false);
        return received == first;
    }

    public async Task<(bool, string)> MountAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        var from = await MountAsync(blob, $"&from={Uri.EscapeDataString(repository.Name.ToString())}", cancellationToken).ConfigureAwait(false);
        var anywhere = await MountAsync(blob, "", cancellationToken).ConfigureAwait(false);
        return (from || anywhere, (from, anywhere) switch
        {
            (true, true) => "with and without the name of the repository that the blob is in",
            (true, false) => "with the name of the repository that the blob is in",
            (false, true) => "without the name of the repository that the blob is in only",
            _ => "blobs are sent to each repository anew",
        });
    }

    private async Task<bool> MountAsync(Descriptor blob, string from, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address($"?mount={Uri.EscapeDataString(blob.Digest.ToString())}{from}"), TokenScope.Push(repository.Name), HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed);
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Accepted) await CancelAsync(UploadSession.Read(_registry, response), cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created;
    }

    private async Task<UploadSession> SendAsync(UploadSession session, byte[] content, int offset, int length, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Patch, session.Address, TokenScope.Push(repository.Name), HttpStatusCode.Accepted, HttpStatusCode.Created, HttpStatusCode.NoContent)
        {
            IsRepeatable = false,
            Body = () =>
            {
                var body = new ByteArrayContent(content, offset, length) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
                body.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + length - 1}"));
                return body;
            },
        };
        using var response = await _registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return UploadSession.Read(_registry, response, session.MinimumChunk);
    }

    private Uri Address(string query) => repository.Address("blobs/uploads/" + query);
}
