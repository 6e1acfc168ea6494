// SPDX-License-Identifier: Apache-2.0

using System.Net.Security;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Registry;

/// <summary>
/// Kestrel on its own, without a host: there is nothing to configure or inject, signals stay the caller's, and it starts in half the time.
/// </summary>
internal sealed class Listener : IAsyncDisposable
{
    private const int ResponseBufferSize = 256 * 1024; // The next part of a blob is read while one is sent.
    private const int StreamWindowSize = 1024 * 1024; // What may be on its way of one HTTP/2 upload, and of all of a connection.
    private readonly KestrelServer _kestrel;
    private readonly WebApplication? _services;

    /// <exception cref="Drift.Oci.DriftException">The certificate cannot be used.</exception>
    public Listener(RegistryOptions options)
    {
        // Only Kestrel's TLS asks for services, and they are not public: a host that is never started has them.
        if (options.Certificate is not null) _services = CreateServices(options);
        var kestrelOptions = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = _services?.Services ?? NoServices.Instance };
        SetLimits(kestrelOptions.Limits, options.Limits);
        var perClient = new ConnectionLimit(options.Limits.ConnectionsPerClient);
        kestrelOptions.Listen(options.Address, options.Port, listen =>
        {
            listen.Use(next => connection => perClient.RunAsync(connection, next));
            listen.Protocols = options.Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (options.Certificate is { } certificate) UseTls(listen, certificate, options);
        });
        // Sends and goes on with requests on the thread that has the data, which is one of the pool all the same: no other one is woken for it.
        var transportOptions = new SocketTransportOptions { UnsafePreferInlineScheduling = true };
        UseBlocks(transportOptions, new BlockPool());
        var transport = new SocketTransportFactory(Options.Create(transportOptions), options.LoggerFactory);
        _kestrel = new KestrelServer(Options.Create(kestrelOptions), transport, options.LoggerFactory);
    }

    /// <summary>Where it listens, once it does.</summary>
    public Uri Address => new(_kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public Task StartAsync(IHttpApplication<HttpContext> application, CancellationToken cancellationToken) => _kestrel.StartAsync(application, cancellationToken);

    /// <summary>Takes no new connections, and waits until the requests have ended or <paramref name="cancellationToken"/> is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _kestrel.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _kestrel.Dispose();
        if (_services is not null) await _services.DisposeAsync().ConfigureAwait(false);
    }

    private static void SetLimits(KestrelServerLimits kestrel, RegistryLimits limits)
    {
        kestrel.MaxRequestBodySize = null; // A blob has no limit; ManifestEndpoint bounds manifests itself.
        kestrel.MaxResponseBufferSize = ResponseBufferSize;
        kestrel.MaxConcurrentConnections = limits.Connections;
        kestrel.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.KeepAliveTimeout = limits.IdleTimeout;
        kestrel.MinRequestBodyDataRate = kestrel.MinResponseDataRate = new MinDataRate(limits.MinimumRate, limits.SlowGrace);
        kestrel.Http2.InitialStreamWindowSize = kestrel.Http2.InitialConnectionWindowSize = StreamWindowSize;
    }

    private static void UseTls(ListenOptions listen, TlsCertificate files, RegistryOptions options)
    {
        var certificate = new ChangingFile<SslStreamCertificateContext>([files.CertificateFile, files.KeyFile], () => files.Read(options.TimeProvider), options);
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(TlsCertificate.OptionsFor(certificate.Value)),
            HandshakeTimeout = options.Limits.HeaderTimeout,
        });
    }

    private static WebApplication CreateServices(RegistryOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(options.LoggerFactory);
        return builder.Build();
    }

    // A host would set it from its services; without one there is no public way.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void UseBlocks(SocketTransportOptions options, IMemoryPoolFactory<byte> factory);

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
