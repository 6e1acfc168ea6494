// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// Sends requests to a cloud: each signed anew, answers bounded, redirects not followed. What is safe to repeat is repeated while that helps,
/// with pauses at random that grow, or as long as the cloud asks.
/// </summary>
internal sealed class CloudConnection : IDisposable
{
    /// <summary>How often something is tried again.</summary>
    private const int MaximumRepetitions = 7;
    private const int MaximumAnswer = 32 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient _http;
    private readonly TimeSpan _firstPause;

    /// <param name="firstPause">The pause before the first repetition; each later one is twice as long, 30 seconds at most.</param>
    public CloudConnection(TimeSpan? firstPause = null)
    {
        _firstPause = firstPause ?? TimeSpan.FromSeconds(1);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15), PooledConnectionLifetime = TimeSpan.FromMinutes(10) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaximumAnswer,
            DefaultRequestHeaders = { { "User-Agent", "drift/" + typeof(CloudConnection).Assembly.GetName().Version!.ToString(3) } },
        };
    }

    /// <summary>Sends a request until there is an answer that repeating it would not change.</summary>
    /// <param name="make">Makes the request, with a date and signature of now.</param>
    /// <param name="isTransient">Whether an answer that is an error may be another one later.</param>
    /// <param name="isRepeatable">Whether doing it twice does no more than doing it once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DriftException">The cloud cannot be reached.</exception>
    public async Task<CloudAnswer> SendAsync(Func<HttpRequestMessage> make, Func<CloudAnswer, bool> isTransient, bool isRepeatable, CancellationToken cancellationToken)
    {
        for (var repetition = 1; ; repetition++)
        {
            var (answer, problem, asked) = await SendOnceAsync(make, cancellationToken).ConfigureAwait(false);
            if (answer is { IsSuccess: true }) return answer;
            var isLast = !isRepeatable || repetition > MaximumRepetitions || (answer is not null && !isTransient(answer));
            var pause = isLast ? null : RetryDelay.Before(repetition, _firstPause, asked);
            asked?.Dispose();
            if (pause is null) return answer ?? throw problem!;
            await Task.Delay(pause.Value, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(CloudAnswer? Answer, DriftException? Problem, HttpResponseMessage? Asked)> SendOnceAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var request = make();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // What is sent takes as long as it takes: two minutes, and a second for each 100 KB.
        patience.CancelAfter(Patience + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / 100_000));
        var host = request.RequestUri!.Authority;
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token).ConfigureAwait(false);
            var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var answer = new CloudAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false), headers);
            if (!answer.IsSuccess) return (answer, null, response);
            response.Dispose();
            return (answer, null, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? "it does not answer" : RegistryAnswer.Printable(e.GetBaseException().Message);
            return (null, new DriftException(ErrorCode.CloudUnreachable, $"{host} cannot be reached: {why}", "Check the region's name, the network and any proxy, then run it again: it goes on where it stopped.", e) { IsTransient = true }, null);
        }
    }

    /// <summary>How far a cloud's clock is from this machine's, as its answer says; null when it is near, or does not say.</summary>
    public static string? SkewOf(CloudAnswer answer)
    {
        if (!DateTimeOffset.TryParse(answer.Header("Date"), CultureInfo.InvariantCulture, out var there)) return null;
        var skew = TimeProvider.System.GetUtcNow() - there;
        return skew.Duration() < TimeSpan.FromMinutes(4) ? null : string.Create(CultureInfo.InvariantCulture, $"this machine's clock is {Math.Abs(skew.TotalMinutes):0} minutes {(skew > TimeSpan.Zero ? "ahead" : "behind")}");
    }
}
