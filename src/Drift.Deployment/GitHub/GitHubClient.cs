// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// GitHub's REST API, version 2022-11-28: what is safe to repeat is repeated while that helps, answers are bounded, redirects are not
/// followed, and the token goes to the API's host and its host for uploads alone.
/// </summary>
public sealed class GitHubClient : IDisposable
{
    private const int MaximumAnswer = 16 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;
    private readonly string? _token;
    private readonly TimeSpan _firstPause;

    /// <param name="address">The API: <c>https://api.github.com</c>, or <c>https://HOST/api/v3</c> of a server of one's own.</param>
    /// <param name="token">A token with the right to write contents and packages; null to read what is public.</param>
    /// <param name="firstPause">The pause before the first repetition; each later one is twice as long.</param>
    public GitHubClient(Uri address, string? token, TimeSpan? firstPause = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) throw new DriftException(ErrorCode.InvalidSetting, $"{address} is no safe address for a token.", "Give an https address.");
        Address = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        _token = token;
        _firstPause = firstPause ?? TimeSpan.FromSeconds(1);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !address.IsLoopback, ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaximumAnswer,
            DefaultRequestHeaders = { { "User-Agent", "drift/" + typeof(GitHubClient).Assembly.GetName().Version!.ToString(3) }, { "X-GitHub-Api-Version", "2022-11-28" } },
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
    }

    /// <summary>The API's address, with a slash at its end.</summary>
    public Uri Address { get; }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Reads an object; null when there is none.</summary>
    internal async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var response = await SendAsync(HttpMethod.Get, Resolve(path), null, isRepeatable: true, cancellationToken, HttpStatusCode.NotFound).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends an object and reads the answer.</summary>
    internal async Task<T> SendAsync<T>(HttpMethod method, string path, Func<HttpContent> content, bool isRepeatable, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, Resolve(path), content, isRepeatable, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes something; what is gone already is no error.</summary>
    internal async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, Resolve(path), null, isRepeatable: true, cancellationToken, HttpStatusCode.NotFound).ConfigureAwait(false)).Dispose();

    /// <summary>Uploads a file, once.</summary>
    /// <param name="template">The address that a release names: <c>https://…/assets{?name,label}</c>.</param>
    /// <param name="asset">The file.</param>
    /// <param name="type">Reads the answer.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    internal async Task<T> UploadAsync<T>(string template, ReleaseAsset asset, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate($"{template.Split('{')[0]}?name={Uri.EscapeDataString(asset.Name)}", UriKind.Absolute, out var address) || !IsTrusted(address))
        {
            throw new DriftException(ErrorCode.RegistryError, $"{Address.Host} wants files sent to {template}, which is not its own.", "Check the address of the API, in GITHUB_API_URL.");
        }
        var file = File.OpenRead(asset.Path);
        await using var _ = file.ConfigureAwait(false);
        using var content = new StreamContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentLength = asset.Size } };
        using var response = await SendAsync(HttpMethod.Post, address, () => content, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits before repetition <paramref name="number"/> of what only the caller can repeat.</summary>
    internal Task PauseAsync(int number, CancellationToken cancellationToken) => Task.Delay(RetryDelay.Before(number, _firstPause) ?? TimeSpan.Zero, cancellationToken);

    private Uri Resolve(string path) => new(Address, path);

    private bool IsTrusted(Uri address) => address.Scheme == Address.Scheme && (address.Authority == Address.Authority || (Address.Host == "api.github.com" && address.Authority == "uploads.github.com"));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, Func<HttpContent>? content, bool isRepeatable, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        for (var repetition = 1; ; repetition++)
        {
            var (response, problem) = await SendOnceAsync(method, address, content?.Invoke(), expected, cancellationToken).ConfigureAwait(false);
            if (problem is null) return response!;
            using (response)
            {
                if (!isRepeatable || !problem.IsTransient || repetition > RetryDelay.MaximumRepetitions || RetryDelay.Before(repetition, _firstPause, response) is not { } pause) throw problem;
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<(HttpResponseMessage? Response, DriftException? Problem)> SendOnceAsync(HttpMethod method, Uri address, HttpContent? content, HttpStatusCode[] expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (_token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A file takes as long as it takes: a minute, and a second for each 100 KB.
        patience.CancelAfter(Patience + TimeSpan.FromSeconds((content?.Headers.ContentLength ?? 0) / 100_000));
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode || expected.Contains(response.StatusCode) ? (response, null) : (response, await ErrorAsync(method, address, response, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? "it does not answer" : RegistryAnswer.Printable(e.GetBaseException().Message);
            return (null, new DriftException(ErrorCode.RegistryUnreachable, $"{address.Authority} cannot be reached: {why}", "Check the network and any proxy, then run it again: it goes on where it stopped.", e) { IsTransient = true });
        }
    }

    private async Task<DriftException> ErrorAsync(HttpMethod method, Uri address, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var said = await ReasonAsync(response, cancellationToken).ConfigureAwait(false);
        var what = $"{address.Authority} answers {(int)response.StatusCode} to {method} {address.AbsolutePath}{said}";
        var isLimited = response.StatusCode is HttpStatusCode.TooManyRequests || (response.StatusCode is HttpStatusCode.Forbidden && (response.Headers.RetryAfter is not null || Header(response, "x-ratelimit-remaining") == "0"));
        return response.StatusCode switch
        {
            _ when isLimited => new DriftException(ErrorCode.RegistryError, $"{what}: it limits requests{Until(response)}", "Wait and run it again: it goes on where it stopped.") { IsTransient = response.Headers.RetryAfter is not null },
            HttpStatusCode.Unauthorized => new DriftException(ErrorCode.AccessDenied, what, "Set GITHUB_TOKEN to a token that is valid."),
            HttpStatusCode.Forbidden or HttpStatusCode.NotFound => new DriftException(ErrorCode.AccessDenied, what, $"Check the repository's name, and {(_token is null ? "set GITHUB_TOKEN" : "that the token may write its contents")}: it answers so for what a token may not see, too."),
            _ => new DriftException(ErrorCode.RegistryError, what, "Run it again: it goes on where it stopped.") { IsTransient = RetryDelay.IsTransient(response.StatusCode) },
        };
    }

    /// <summary>GitHub's own words: the message, and what is wrong with which field.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), GitHubJsonContext.Default.GitHubProblem);
            var fields = problem?.Errors?.Select(error => error.Message ?? $"{error.Field} {error.Code}") ?? [];
            return problem?.Message is null ? "" : RegistryAnswer.Printable($": {string.Join("; ", fields.Prepend(problem.Message))}");
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Until(HttpResponseMessage response) => long.TryParse(Header(response, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
        ? string.Create(CultureInfo.InvariantCulture, $" until {DateTimeOffset.FromUnixTimeSeconds(seconds):HH:mm} UTC") : "";

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new DriftException(ErrorCode.RegistryError, $"{response.RequestMessage!.RequestUri!.Authority} answers what is no answer of GitHub's API: {e.Message}", "Check the address of the API, in GITHUB_API_URL.", e);
        }
    }
}
