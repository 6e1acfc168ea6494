// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;

namespace Drift.Interop.Tests;

/// <summary>What a load balancer does: it asks its servers for <c>/health</c> all the time, and chooses in turn among those that answered 200 the last time.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2), DefaultRequestHeaders = { ConnectionClose = true } };
    private readonly ConcurrentDictionary<IPEndPoint, bool> _servers = new();
    private readonly Task[] _checks;
    private int _turn;

    public LoadBalancer(params IEnumerable<IPEndPoint> servers) => _checks = [.. servers.Select(server => Task.Run(() => CheckAsync(server)))];

    /// <summary>The server for a request.</summary>
    /// <exception cref="IOException">None of them answers.</exception>
    public IPEndPoint Choose()
    {
        var servers = _servers.Where(server => server.Value).Select(server => server.Key).OrderBy(server => server.Port).ToArray();
        if (servers.Length == 0) throw new IOException("there is no server");
        return servers[(uint)Interlocked.Increment(ref _turn) % servers.Length];
    }

    /// <summary>Waits until a server is one of those to choose from.</summary>
    public async Task WaitForAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        while (!_servers.GetValueOrDefault(server)) await Task.Delay(Period, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_checks);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task CheckAsync(IPEndPoint server)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri($"http://{server}/health"));
                _servers[server] = response.StatusCode == HttpStatusCode.OK;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                _servers[server] = false;
            }
            await Task.Delay(Period);
        }
    }
}
