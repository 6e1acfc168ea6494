// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Deployment;

/// <summary>Asks for the service as its users do: from here, at the machine's address.</summary>
internal sealed class FrontDoor(SshConnection connection, int port, string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = Patience, MaxResponseContentBufferSize = 16 * 1024 * 1024 };

    /// <summary>Asks once.</summary>
    /// <returns>The status; null when nothing answers from here, as behind a jump host or a firewall.</returns>
    public async Task<HttpStatusCode?> AskAsync(CancellationToken cancellationToken)
    {
        if (await connection.AddressAsync(cancellationToken).ConfigureAwait(false) is not { } address) return null;
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        if (!Uri.TryCreate($"http://{host}:{port}{path}", UriKind.Absolute, out var uri)) return null;
        try
        {
            using var response = await Client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
