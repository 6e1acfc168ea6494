// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Drift.Distribution;

/// <summary>The pools of connections: to this machine, to registries, and to the hosts that registries lead to.</summary>
internal sealed class HttpClients(RegistryClientOptions options) : IDisposable
{
    private static readonly Lazy<Task> Prepared = new(static () => Task.Run(PrepareAsync));
    private readonly Lazy<HttpClient> _thisMachine = new(() => Create(options, useProxy: false, isRegistry: true, _ => false));
    private readonly Lazy<HttpClient> _registries = new(() => Create(options, useProxy: true, isRegistry: true, _ => false));
    private readonly Lazy<HttpClient> _fromPrivate = new(() => Create(options, useProxy: true, isRegistry: false, AddressGuard.IsForbidden));
    private readonly Lazy<HttpClient> _fromPublic = new(() => Create(options, useProxy: true, isRegistry: false, AddressGuard.IsPrivate));

    /// <summary>For a registry itself. A proxy that the environment names is for the hosts outside; it could not reach this machine's ports.</summary>
    public HttpClient Registry(bool isThisMachine) => (isThisMachine ? _thisMachine : _registries).Value;

    /// <summary>For hosts that a registry leads to. One in a private network may lead into it.</summary>
    public HttpClient Elsewhere(bool isPrivate) => (isPrivate ? _fromPrivate : _fromPublic).Value;

    public void Dispose()
    {
        foreach (var client in new[] { _thisMachine, _registries, _fromPrivate, _fromPublic })
        {
            if (client.IsValueCreated) client.Value.Dispose();
        }
    }

    /// <summary>
    /// Has .NET make what it makes at the first request, a tenth of a second of a small push, on another core while this one reads the image:
    /// a request to nowhere.
    /// </summary>
    public static void Prepare() => _ = Prepared.Value;

    private static async Task PrepareAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectCallback = static (_, _) => new(new CannedStream()) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://prepare.invalid/") { Content = new ByteArrayContent([]) };
        using var _ = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
    }

    private static HttpClient Create(RegistryClientOptions options, bool useProxy, bool isRegistry, Func<IPAddress, bool> isRefused)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // A registry's session cookie makes some of them ask for a token against forgery.
            UseCookies = false,
            UseProxy = useProxy,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            EnableMultipleHttp2Connections = true,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = (context, cancellationToken) => AddressGuard.ConnectAsync(context, isRefused, cancellationToken),
            PlaintextStreamFilter = (context, _) => new(context.NegotiatedHttpVersion.Major == 1 ? new ConnectionStream(context.PlaintextStream, options.Patience) : context.PlaintextStream),
        };
        if (options.TrustedAuthorities is { } authorities)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate as X509Certificate2, chain, errors, authorities);
        }
        if (isRegistry && options.ClientCertificate is { } own) handler.SslOptions.ClientCertificates = [own];
        return new HttpClient(handler)
        {
            // A large blob takes as long as it takes; only what makes no progress has a limit.
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { { "User-Agent", "drift/" + typeof(HttpClients).Assembly.GetName().Version!.ToString(3) } },
        };
    }

    private static bool IsTrusted(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        // What else is wrong, as a name that does not fit, no authority makes right.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null) return errors == SslPolicyErrors.None;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        return own.Build(certificate);
    }
}
