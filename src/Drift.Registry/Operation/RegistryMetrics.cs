// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// What the registry counts. Labels are kinds of endpoints, methods and status codes, never a client's own words: their number is bounded, and
/// whoever sees them learns no repository's name.
/// </summary>
internal sealed class RegistryMetrics(RegistryStorage storage, StorageCensus census, Mirror? mirror, RegistryOptions options)
{
    private const string Prefix = "drift_registry_";
    private static readonly double StartTime = new DateTimeOffset(Process.GetCurrentProcess().StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
    private readonly ConcurrentDictionary<(string Method, string Endpoint, int Status), Counter> _requests = new();
    private readonly ConcurrentDictionary<string, Histogram> _durations = new(StringComparer.Ordinal);
    private long _inFlight;
    private long _received;
    private long _sent;
    private long _refused;

    /// <summary>Counts a request that begins.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts a request that ends.</summary>
    public void End(HttpRequest request, int status, Exchange exchange, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inFlight);
        Interlocked.Add(ref _received, exchange.Received);
        Interlocked.Add(ref _sent, exchange.Sent);
        if (status == StatusCodes.Status401Unauthorized && request.Headers.Authorization.Count > 0) Interlocked.Increment(ref _refused);
        var endpoint = EndpointOf(request.Path.Value);
        _requests.GetOrAdd((MethodOf(request.Method), endpoint, status), static _ => new Counter()).Increment();
        _durations.GetOrAdd(endpoint, static _ => new Histogram()).Add(duration);
    }

    /// <summary>Writes all metrics as they are now.</summary>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        var text = new PrometheusText();
        WriteRequests(text);
        text.Single(Prefix + "received_bytes_total", "counter", "Bytes of content received.", Interlocked.Read(ref _received));
        text.Single(Prefix + "sent_bytes_total", "counter", "Bytes of content sent.", Interlocked.Read(ref _sent));
        text.Single(Prefix + "authentication_failures_total", "counter", "Requests whose password or token was refused.", Interlocked.Read(ref _refused));
        text.Single(Prefix + "uploads_open", "gauge", "Uploads that are not finished.", storage.Uploads.Count);
        var (bytes, blobs) = await census.CountAsync(cancellationToken).ConfigureAwait(false);
        text.Single(Prefix + "storage_bytes", "gauge", "Bytes of all blobs and manifests, counted once a minute.", bytes);
        text.Single(Prefix + "storage_blobs", "gauge", "Blobs and manifests, counted once a minute.", blobs);
        if (options.Quota is { } quota) text.Single(Prefix + "quota_bytes", "gauge", "The most bytes that may be stored.", quota);
        text.Single(Prefix + "garbage_collections_total", "counter", "Collections of garbage that ended.", storage.Collections);
        text.Single(Prefix + "garbage_bytes_total", "counter", "Bytes that collections of garbage deleted.", storage.CollectedBytes);
        if (mirror is not null)
        {
            text.Metric(Prefix + "mirror_requests_total", "counter", "Blobs and manifests asked of a mirror, by whether they were there.")
                .Value(Prefix + "mirror_requests_total", mirror.Hits, ("result", "hit"))
                .Value(Prefix + "mirror_requests_total", mirror.Misses, ("result", "miss"));
        }
        text.Single("process_resident_memory_bytes", "gauge", "Resident memory in bytes.", Environment.WorkingSet);
        text.Single("process_cpu_seconds_total", "counter", "Processor time in seconds.", Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Single("process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.", StartTime);
        return text.ToString();
    }

    private void WriteRequests(PrometheusText text)
    {
        const string Requests = Prefix + "http_requests_total", Duration = Prefix + "http_request_duration_seconds";
        text.Metric(Requests, "counter", "Requests that ended.");
        foreach (var ((method, endpoint, status), counter) in _requests.OrderBy(request => request.Key))
            text.Value(Requests, counter.Value, ("method", method), ("endpoint", endpoint), ("code", status.ToString(CultureInfo.InvariantCulture)));
        text.Metric(Duration, "histogram", "How long requests took, until their answers were written.");
        foreach (var (endpoint, histogram) in _durations.OrderBy(duration => duration.Key, StringComparer.Ordinal)) text.Values(Duration, histogram, "endpoint", endpoint);
        text.Single(Prefix + "http_requests_in_flight", "gauge", "Requests that have begun and not ended.", Interlocked.Read(ref _inFlight));
    }

    private static string MethodOf(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "other";

    private static string EndpointOf(string? path) => RequestTarget.Parse(path)?.Kind switch
    {
        EndpointKind.Ping => "ping",
        EndpointKind.Token => "token",
        EndpointKind.Blob => "blob",
        EndpointKind.Uploads or EndpointKind.Upload => "upload",
        EndpointKind.Manifest => "manifest",
        EndpointKind.TagList => "tags",
        EndpointKind.Referrers => "referrers",
        EndpointKind.Catalog => "catalog",
        EndpointKind.Health => "health",
        EndpointKind.Metrics => "metrics",
        EndpointKind.HomePage or EndpointKind.RepositoryPage or EndpointKind.ImagePage or EndpointKind.PageFile or EndpointKind.LogIn => "page",
        _ => "other",
    };

    private sealed class Counter
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);
    }
}
