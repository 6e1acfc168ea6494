// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What went wrong between here and a registry, as exceptions with the registry's own words.</summary>
internal static class RegistryAnswer
{
    private const int MaximumErrorBody = 64 * 1024;

    /// <summary>The error for a connection that could not be made, broke, or went silent.</summary>
    public static DriftException Unreachable(Uri address, Exception e)
    {
        // What this client itself refused, and what its own source could not give, is not the network's fault.
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is DriftException own) return own;
        }
        var cause = e.GetBaseException();
        var refused = cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
        var (message, hint) = e is OperationCanceledException ? ($"{address.Authority} does not answer.", "Check the network and any proxy, then try again.") : cause switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => ($"Nothing listens at {address.Authority}.",
                address.IsLoopback ? "Start the registry, for example with drift registry serve, or check the port." : "Check the host name and the port."),
            System.Security.Authentication.AuthenticationException => ($"The certificate of {address.Authority} is not trusted: {cause.Message}",
                "Name the authority that signed it with --ca-file, or use --insecure for a registry without TLS."),
            _ => ($"The registry {address.Authority} cannot be reached: {cause.Message}", "Check the host name and the network, then try again."),
        };
        return new DriftException(ErrorCode.RegistryUnreachable, Printable(message), hint, e) { IsTransient = !refused && cause is not System.Security.Authentication.AuthenticationException };
    }

    /// <summary>An answer that is an error.</summary>
    public static async Task<DriftException> ErrorAsync(RegistryConnection registry, RegistryRequest request, HttpResponseMessage response, RegistryCredential? credential, RateLimit? limit, CancellationToken cancellationToken)
    {
        var errors = RegistryError.Read(await ReadStartAsync(response, cancellationToken).ConfigureAwait(false));
        var (host, method) = (registry.Host, request.Method);
        var shown = new UriBuilder(request.Uri) { Query = "" }.Uri;
        var said = errors is [{ } first, ..] ? $": {$"{first.Code} {first.Message}".Trim()}" : "";
        var as_ = credential is null ? "without credentials" : $"as {credential}";
        var logIn = $"Log in with drift login {host}{(registry.Profile.HidesAbsent ? ", or check the name: it answers so for what does not exist, too" : "")}.";
        var (code, message, hint) = response.StatusCode switch
        {
            HttpStatusCode.NotFound => (ErrorCode.NotFound, $"{host} does not have {shown.AbsolutePath}{said}", registry.Profile.NotFoundHint ?? "Check the repository's name and the tag."),
            HttpStatusCode.Unauthorized => (ErrorCode.AccessDenied, $"{host} refuses {method} {shown.AbsolutePath} {as_}{said}",
                credential is null ? logIn : registry.Profile.LoginHint ?? $"Check the credential, or log in again with drift login {host}."),
            HttpStatusCode.Forbidden => (ErrorCode.AccessDenied, $"{host} forbids {method} {shown.AbsolutePath} {as_}{said}",
                credential is null ? logIn : registry.Profile.ForbiddenHint ?? registry.Profile.LoginHint ?? "Ask those who run the registry for access to this repository."),
            HttpStatusCode.TooManyRequests => (ErrorCode.RegistryError, $"{host} limits requests and refuses {method} {shown.AbsolutePath}{(limit is null ? "" : $" ({limit})")}{said}",
                credential is null ? $"Wait, or log in with drift login {host}: registries allow more to those they know." : "Wait and try again."),
            HttpStatusCode.RequestEntityTooLarge => (ErrorCode.RegistryError, $"{host}, or a proxy in front of it, takes no body of this size for {method} {shown.AbsolutePath}{said}", "Ask those who run it to allow larger bodies."),
            var status => (ErrorCode.RegistryError, $"{host} answers {(int)status} to {method} {shown.AbsolutePath}{said}", (string?)"Try again later; if it stays, the registry's log tells more."),
        };
        return new RegistryException(code, Printable(message), hint, method, shown, response.StatusCode, errors) { IsTransient = RetryDelay.IsTransient(response.StatusCode) };
    }

    /// <summary>What a registry says goes to a terminal: no control characters, and not without end.</summary>
    public static string Printable(string text) =>
        string.Concat(text.Take(600).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>Reads an answer's body into memory.</summary>
    /// <exception cref="DriftException">It breaks off, goes silent or is larger than <paramref name="maximum"/> bytes.</exception>
    public static async Task BufferAsync(RegistryConnection registry, RegistryRequest request, HttpResponseMessage response, int maximum, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(registry.Patience);
        try
        {
            await response.Content.LoadIntoBufferAsync(maximum, patience.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"{registry.Host} sends more than {maximum} bytes for {request.Uri.AbsolutePath}.", "Do not use this image; no registry accepts a manifest of this size.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreachable(request.Uri, e);
        }
    }

    private static async Task<byte[]> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            var buffer = new byte[MaximumErrorBody];
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience.Token).ConfigureAwait(false);
            return buffer[..read];
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }
}
