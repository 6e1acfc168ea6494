// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Drift.Oci;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Drift.Registry;

/// <summary>
/// A registry that speaks the OCI distribution specification on 127.0.0.1 and stores on disk. It runs from
/// <see cref="StartAsync"/> until it is disposed.
/// </summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private const int ResponseBufferSize = 256 * 1024; // The next part of a blob is read while one is sent.
    private readonly KestrelServer _kestrel;
    private readonly RegistryStorage _storage;
    private readonly Mirror? _mirror;
    private readonly Task _collection;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _shutdownTimeout;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposed;

    private RegistryServer(KestrelServer kestrel, RegistryStorage storage, Mirror? mirror, RegistryOptions options)
    {
        _kestrel = kestrel;
        _storage = storage;
        _mirror = mirror;
        _collection = storage.CollectGarbageAsync(options, _stop.Token);
        _shutdownTimeout = options.ShutdownTimeout;
        Address = new Uri(kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where the registry answers, for example <c>http://127.0.0.1:5000/</c>.</summary>
    public Uri Address { get; }

    /// <summary>The port that the registry listens on.</summary>
    public int Port => Address.Port;

    /// <summary>Opens the storage, removes what dead uploads left in it, and begins to listen.</summary>
    /// <exception cref="DriftException">
    /// The port is in use or may not be bound (<see cref="ErrorCode.PortUnavailable"/>), or the folder cannot be written
    /// (<see cref="ErrorCode.FileSystem"/>).
    /// </exception>
    public static async Task<RegistryServer> StartAsync(RegistryOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.StorageDirectory);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, IPEndPoint.MaxPort);
        if (options.Upstream is { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") }) throw new ArgumentException("The upstream is not an HTTP address.", nameof(options));
        if (options.GarbageInterval is { } interval) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.GarbageGrace, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();

        var storage = OpenStorage(options);
        var mirror = options.Upstream is { } upstream ? new Mirror(upstream, storage, options.MaximumManifestSize) : null;
        var kestrel = CreateKestrel(options);
        try
        {
            await kestrel.StartAsync(new RegistryApplication(storage, mirror, options), cancellationToken).ConfigureAwait(false);
            return new RegistryServer(kestrel, storage, mirror, options);
        }
        catch (Exception e)
        {
            kestrel.Dispose();
            if (mirror is not null) await mirror.DisposeAsync().ConfigureAwait(false);
            storage.Dispose();
            // Kestrel wraps only "address in use"; a port below 1024 comes as the socket's own exception.
            if (e is not (SocketException or IOException { InnerException: AddressInUseException })) throw;
            var reason = e is SocketException { SocketErrorCode: SocketError.AccessDenied } ? "may not be bound by this user" : "is in use";
            throw new DriftException(ErrorCode.PortUnavailable, $"The port {options.Port} of 127.0.0.1 {reason}.",
                "Choose another port with --port, or 0 for any free one.", e);
        }
    }

    /// <summary>Completes, without an error, when the server is disposed or <paramref name="cancellationToken"/> is cancelled.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken) =>
        await _stopped.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Stops listening, lets requests end for <see cref="RegistryOptions.ShutdownTimeout"/>, then removes unfinished uploads.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        using (var timeout = new CancellationTokenSource(_shutdownTimeout))
        {
            await _kestrel.StopAsync(timeout.Token).ConfigureAwait(false);
        }
        _kestrel.Dispose();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _collection.ConfigureAwait(false);
        if (_mirror is not null) await _mirror.DisposeAsync().ConfigureAwait(false);
        _storage.Dispose();
        _stop.Dispose();
        _stopped.TrySetResult();
    }

    private static RegistryStorage OpenStorage(RegistryOptions options)
    {
        try
        {
            return new RegistryStorage(options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"The registry cannot store in {options.StorageDirectory}: {e.Message}",
                "Choose a folder that this user may write to.", e);
        }
    }

    // Kestrel on its own, without a host: there is nothing to configure or inject, signals stay the caller's, and it starts in half the time.
    private static KestrelServer CreateKestrel(RegistryOptions options)
    {
        var kestrelOptions = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = NoServices.Instance };
        kestrelOptions.Limits.MaxRequestBodySize = null; // A blob has no limit; ManifestEndpoint bounds manifests itself.
        // Kestrel gives up after 5 s, which a client may well need to make or unpack the next part of a layer.
        kestrelOptions.Limits.MinRequestBodyDataRate = kestrelOptions.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromMinutes(2));
        kestrelOptions.Limits.MaxResponseBufferSize = ResponseBufferSize;
        kestrelOptions.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        // Sends and goes on with requests on the thread that has the data, which is one of the pool all the same: no other one is woken for it.
        var transportOptions = new SocketTransportOptions { UnsafePreferInlineScheduling = true };
        UseBlocks(transportOptions, new BlockPool());
        var transport = new SocketTransportFactory(Options.Create(transportOptions), options.LoggerFactory);
        return new KestrelServer(Options.Create(kestrelOptions), transport, options.LoggerFactory);
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
