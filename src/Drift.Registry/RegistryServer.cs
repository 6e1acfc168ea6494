// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Drift.Oci;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// A registry that speaks the OCI distribution specification and stores on disk. It runs from
/// <see cref="StartAsync"/> until it is disposed.
/// </summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly Listener _listener;
    private readonly StorageHealth _health;
    private readonly RegistryStorage _storage;
    private readonly Mirror? _mirror;
    private readonly Task _collection;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _shutdownTimeout;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposed;

    private RegistryServer(Listener listener, StorageHealth health, RegistryStorage storage, Mirror? mirror, RegistryOptions options)
    {
        _listener = listener;
        _health = health;
        _storage = storage;
        _mirror = mirror;
        _collection = storage.CollectGarbageAsync(options, _stop.Token);
        _shutdownTimeout = options.ShutdownTimeout;
        Address = listener.Address;
    }

    /// <summary>Where the registry answers, for example <c>http://127.0.0.1:5000/</c>.</summary>
    public Uri Address { get; }

    /// <summary>The port that the registry listens on.</summary>
    public int Port => Address.Port;

    /// <summary>Opens the storage, removes what dead uploads left in it, and begins to listen.</summary>
    /// <exception cref="DriftException">
    /// The port is in use or may not be bound (<see cref="ErrorCode.PortUnavailable"/>), the folder cannot be written
    /// (<see cref="ErrorCode.FileSystem"/>), or a file that the options name cannot be used.
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

        var access = options.Access is { } rules ? new AccessControl(rules, options) : null;
        var listener = new Listener(options);
        var storage = await OpenStorageAsync(options, cancellationToken).ConfigureAwait(false);
        var mirror = options.Upstream is { } upstream ? new Mirror(upstream, storage, options.MaximumManifestSize) : null;
        try
        {
            var health = new StorageHealth(storage, options.TimeProvider);
            var census = new StorageCensus(storage.Content, options.TimeProvider);
            var metrics = options.Metrics ? new RegistryMetrics(storage, census, mirror, options) : null;
            IHttpApplication<HttpContext> application = new RegistryApplication(storage, mirror, access, new OperationEndpoint(health, metrics), new PageEndpoint(storage, census, options), options);
            if (metrics is not null || options.RequestLog is not null) application = new ObservedApplication(application, metrics, options.RequestLog, options.TimeProvider);
            await listener.StartAsync(application, cancellationToken).ConfigureAwait(false);
            return new RegistryServer(listener, health, storage, mirror, options);
        }
        catch (Exception e)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            if (mirror is not null) await mirror.DisposeAsync().ConfigureAwait(false);
            storage.Dispose();
            // Kestrel wraps only "address in use"; a port below 1024 comes as the socket's own exception.
            if (e is not (SocketException or IOException { InnerException: AddressInUseException })) throw;
            if (e is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                throw new DriftException(ErrorCode.PortUnavailable, $"{options.Address} is no address of this machine.", "Choose one of its addresses with --listen, or 0.0.0.0 for all.", e);
            var reason = e is SocketException { SocketErrorCode: SocketError.AccessDenied } ? "may not be bound by this user" : "is in use";
            throw new DriftException(ErrorCode.PortUnavailable, $"The port {options.Port} of {options.Address} {reason}.",
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
        _health.Drain();
        using (var timeout = new CancellationTokenSource(_shutdownTimeout))
        {
            await _listener.StopAsync(timeout.Token).ConfigureAwait(false);
        }
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _collection.ConfigureAwait(false);
        if (_mirror is not null) await _mirror.DisposeAsync().ConfigureAwait(false);
        _storage.Dispose();
        _stop.Dispose();
        _stopped.TrySetResult();
    }

    private static async Task<RegistryStorage> OpenStorageAsync(RegistryOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await RegistryStorage.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is (IOException and not BucketException) or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"The registry cannot store in {options.StorageDirectory}: {e.Message}",
                "Choose a folder that this user may write to.", e);
        }
    }

}
