// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Docker's Engine API, over whatever stream reaches the engine. Answers are bounded.</summary>
internal sealed class DockerClient : IDisposable
{
    /// <summary>What Docker 20.10 speaks, the oldest that is served.</summary>
    private static readonly Version Oldest = new(1, 41);
    // What newer engines still speak; what this client asks for has not changed since.
    private static readonly Version Newest = new(1, 44);
    private const int MaximumAnswer = 8 * 1024 * 1024;
    private readonly SshHost _host;
    private readonly HttpClient _http;
    private ProcessStream? _last;
    private string _version = "";

    /// <summary>Makes a client. Nothing is sent yet.</summary>
    public DockerClient(SshHost host, Func<ProcessStream> dial)
    {
        _host = host;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(_last = dial()),
        })
        { BaseAddress = new Uri("http://docker/"), Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaximumAnswer };
    }

    /// <summary>The processor architecture of the machine, in Go's name; null before <see cref="NegotiateAsync"/>.</summary>
    public string? Architecture { get; private set; }

    /// <summary>Agrees on a version with the engine.</summary>
    /// <exception cref="DriftException">There is no engine, or it is too old.</exception>
    public async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        var engine = await JsonAsync(HttpMethod.Get, "version", null, cancellationToken).ConfigureAwait(false);
        var name = engine.Text("Version") ?? "?";
        if (!Version.TryParse(engine.Text("ApiVersion"), out var newest) || newest < Oldest)
        {
            throw new DriftException(ErrorCode.HostNotReady, $"Docker {name} of {_host} is too old: it speaks API {engine.Text("ApiVersion") ?? "?"}, and {Oldest} is needed.", "Install Docker 20.10 or later there.");
        }
        _version = $"v{(newest < Newest ? newest : Newest)}/";
        Architecture = engine.Text("Arch");
        if (engine.Text("Os") is { } system && system != "linux") throw new DriftException(ErrorCode.HostNotReady, $"Docker of {_host} runs {system} containers.", "Use a machine with Linux.");
    }

    /// <summary>The folder in which the engine keeps images.</summary>
    public async Task<string?> RootAsync(CancellationToken cancellationToken) => (await JsonAsync(HttpMethod.Get, "info", null, cancellationToken).ConfigureAwait(false)).Text("DockerRootDir");

    /// <summary>Pulls an image by its digest.</summary>
    /// <param name="repository">Host and repository.</param>
    /// <param name="digest">The digest of the image or the index.</param>
    /// <param name="platform">The platform that is taken from an index.</param>
    /// <param name="authorization">The value of <c>X-Registry-Auth</c>; null for none.</param>
    /// <param name="cancellationToken">Stops the pull.</param>
    public async Task PullAsync(string repository, Digest digest, Platform platform, string? authorization, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, $"images/create?fromImage={Uri.EscapeDataString(repository)}&tag={digest}&platform={Uri.EscapeDataString(platform.ToString())}");
        if (authorization is not null) request.Headers.Add("X-Registry-Auth", authorization);
        await StreamAsync(request, $"pull {repository}@{digest}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads an archive, as <c>docker load</c> does.</summary>
    public async Task LoadAsync(HttpContent archive, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, "images/load?quiet=1");
        request.Content = archive;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        await StreamAsync(request, "load the image", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An image that the engine has; null when it has none of this name.</summary>
    public Task<JsonElement?> FindImageAsync(string name, CancellationToken cancellationToken) => FindAsync($"images/{name}/json", cancellationToken);

    /// <summary>Removes the name of an image, and with the last one the image; one that is used, or not there, stays as it is.</summary>
    public async Task RemoveImageAsync(string name, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Delete, $"images/{name}", null, cancellationToken, HttpStatusCode.NotFound, HttpStatusCode.Conflict).ConfigureAwait(false);

    /// <summary>A container; null when there is none of this name.</summary>
    public async Task<EngineState?> FindContainerAsync(string name, CancellationToken cancellationToken) =>
        await FindAsync($"containers/{name}/json", cancellationToken).ConfigureAwait(false) is { } found ? EngineState.Read(found) : null;

    /// <summary>Makes a container.</summary>
    public async Task CreateAsync(string name, JsonObject settings, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, $"containers/create?name={name}", settings, cancellationToken).ConfigureAwait(false);

    /// <summary>Starts a container.</summary>
    public async Task StartAsync(string name, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, $"containers/{name}/start", null, cancellationToken, HttpStatusCode.NotModified).ConfigureAwait(false);

    /// <summary>Says whether the engine starts a container again when it or the machine was gone.</summary>
    public async Task SetRestartAsync(string name, string policy, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, $"containers/{name}/update", new JsonObject { ["RestartPolicy"] = new JsonObject { ["Name"] = policy } }, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks a container to end, and kills it after a time.</summary>
    public async Task StopAsync(string name, TimeSpan patience, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"containers/{name}/stop?t={(int)patience.TotalSeconds}"), null, cancellationToken, HttpStatusCode.NotModified, HttpStatusCode.NotFound).ConfigureAwait(false);

    /// <summary>Removes a container, whether it runs or not.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Delete, $"containers/{name}?force=1&v=1", null, cancellationToken, HttpStatusCode.NotFound, HttpStatusCode.Conflict).ConfigureAwait(false);

    /// <summary>Opens what a container prints, as the engine frames it.</summary>
    public async Task<Stream> OpenLogsAsync(string name, bool follow, int? tail, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"containers/{name}/logs?stdout=1&stderr=1&follow={(follow ? 1 : 0)}&tail={(tail is { } lines ? lines : "all")}"));
        var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw await RefusedAsync(response, $"show the log of {name}", cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, path);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        return response.IsSuccessStatusCode ? await ReadAsync(response, cancellationToken).ConfigureAwait(false) : throw await RefusedAsync(response, path, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JsonElement> JsonAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = Request(method, path, body);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? await ReadAsync(response, cancellationToken).ConfigureAwait(false) : throw await RefusedAsync(response, path, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken, params HttpStatusCode[] harmless)
    {
        using var request = Request(method, path, body);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode && !harmless.Contains(response.StatusCode)) throw await RefusedAsync(response, $"{method} {path.Split('?')[0]}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads an answer of one JSON object a line, in which an error comes with status 200.</summary>
    private async Task StreamAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(response, what, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(stream);
        var line = new StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await ReadSomeAsync(reader, buffer, what, cancellationToken).ConfigureAwait(false)) > 0)
        {
            foreach (var c in buffer.AsSpan(0, read))
            {
                if (c != '\n') line.Append(c);
                if (line.Length > 64 * 1024) throw new DriftException(ErrorCode.RuntimeFailed, $"Docker of {_host} answers without an end.");
                if (c != '\n' || line.Length == 0) continue;
                Check(line.ToString(), what);
                line.Clear();
            }
        }
        if (line.Length > 0) Check(line.ToString(), what);
    }

    private async Task<int> ReadSomeAsync(StreamReader reader, char[] buffer, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new DriftException(ErrorCode.HostUnreachable, $"The connection to Docker of {_host} was lost in {what}.", "Run the same command again: it goes on from what it finds.", e) { IsTransient = true };
        }
    }

    private void Check(string line, string what)
    {
        var text = JsonText.Parse(line)?.Text("error");
        if (text is not null) throw DockerFailure.Refused(_host, what, text);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, JsonObject? body = null) =>
        new(method, _version + path) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw DockerFailure.Unreachable(_host, _last is null ? "" : await _last.EndAsync().ConfigureAwait(false), e);
        }
    }

    private async Task<DriftException> RefusedAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        using (response)
        {
            await response.Content.LoadIntoBufferAsync(MaximumAnswer, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return DockerFailure.Refused(_host, what, JsonText.Parse(text)?.Text("message") ?? text);
        }
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        JsonText.Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)) ?? throw new DriftException(ErrorCode.RuntimeFailed, $"Docker of {_host} answers what is no JSON.");
}
