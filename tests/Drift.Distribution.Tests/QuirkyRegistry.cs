// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Drift.Oci;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Drift.Distribution.Tests;

/// <summary>A registry in memory that behaves as one of a kind does. What no client should do to it is collected as <see cref="Violations"/>.</summary>
internal sealed class QuirkyRegistry : IAsyncDisposable
{
    private const string Secret = "t0ken";
    private readonly Quirks _quirks;
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (byte[] Content, string Type)> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new(StringComparer.Ordinal);
    private int _broken;

    private QuirkyRegistry(Quirks quirks, WebApplication application)
    {
        _quirks = quirks;
        _application = application;
    }

    public string Host { get; private set; } = "";

    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<string> Violations { get; } = [];

    public static async Task<QuirkyRegistry> StartAsync(Quirks quirks, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.3:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var application = builder.Build();
        var registry = new QuirkyRegistry(quirks, application);
        application.Run(registry.AnswerAsync);
        await application.StartAsync(cancellationToken);
        registry.Host = new Uri(application.Urls.First()).Authority;
        return registry;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Path.Value!;
        Requests.Enqueue($"{request.Method} {path}{request.QueryString}");
        if (_quirks.HatesCookies)
        {
            response.Headers.SetCookie = "sid=1; Path=/";
            if (request.Headers.Cookie.Count > 0) Violate("a cookie came back");
        }
        if (path.StartsWith("/elsewhere/", StringComparison.Ordinal))
        {
            if (request.Headers.Authorization.Count > 0) Violate("a credential went to the store of blobs");
            await response.Body.WriteAsync(_blobs[path["/elsewhere/".Length..]]);
            return;
        }
        if (path == "/token")
        {
            await TokenAsync(request, response);
            return;
        }
        if (!IsAllowed(request, response)) return;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["v2"]) return;
        await (parts switch
        {
            [.., "blobs", "uploads"] => OpenAsync(request, response),
            [.., "blobs", "uploads", var session] => UploadAsync(session, context),
            [.., "blobs", var digest] => BlobAsync(digest, context),
            [.., "manifests", var target] => ManifestAsync(target, request, response),
            _ => NotFoundAsync(response),
        });
    }

    private async Task TokenAsync(HttpRequest request, HttpResponse response)
    {
        var scope = request.Query["scope"].ToString();
        if (!scope.StartsWith("repository:", StringComparison.Ordinal)) Violate($"the scope '{scope}' was asked for");
        if (request.Headers.Authorization != "Basic " + Convert.ToBase64String("ada:secret"u8)) response.StatusCode = 401;
        else await response.WriteAsync($$"""{"{{_quirks.TokenMember}}":"{{Secret}}"}""");
    }

    private bool IsAllowed(HttpRequest request, HttpResponse response)
    {
        var wanted = _quirks.Challenge switch { "Basic" => "Basic " + Convert.ToBase64String("ada:secret"u8), "Bearer" => "Bearer " + Secret, _ => null };
        if (wanted is null || request.Headers.Authorization == wanted) return true;
        response.StatusCode = 401;
        if (_quirks.ChallengesAtDoorOnly && request.Path != "/v2/") return false;
        response.Headers.WWWAuthenticate = _quirks.Challenge == "Basic" ? "Basic realm=\"registry\"" : $"Bearer realm=\"http://{request.Host}/token\",service=\"registry\"{(_quirks.HasEmptyScope ? ",scope=\"\"" : "")}";
        return false;
    }

    private Task OpenAsync(HttpRequest request, HttpResponse response)
    {
        if (request.Query["mount"].FirstOrDefault() is { } mount)
        {
            if (request.Query["from"].Count == 0 && _quirks.RefusesMountsFromAnywhere)
            {
                Violate("a mount from anywhere");
                response.StatusCode = 400;
                return Task.CompletedTask;
            }
            if (request.Query["from"].Count > 0 && _blobs.ContainsKey(mount))
            {
                response.StatusCode = 201;
                return Task.CompletedTask;
            }
        }
        var session = Guid.NewGuid().ToString("n");
        _uploads[session] = new MemoryStream();
        Locate(response, request, session);
        response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private async Task UploadAsync(string session, HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_uploads.TryGetValue(session, out var upload))
        {
            await ErrorAsync(response, 404, "BLOB_UPLOAD_UNKNOWN");
            return;
        }
        if (request.Method == "GET")
        {
            Locate(response, request, session);
            response.Headers.Range = $"0-{upload.Length - 1}";
            response.StatusCode = 204;
            return;
        }
        if (_quirks.Breaks && request.ContentLength is null or > 1_000_000 && Interlocked.Exchange(ref _broken, 1) == 0)
        {
            var start = new byte[500_000];
            await request.Body.ReadExactlyAsync(start);
            upload.Write(start);
            if (_quirks.Forgets) _uploads.TryRemove(session, out _);
            context.Abort();
            return;
        }
        var range = request.Headers.ContentRange.FirstOrDefault();
        if (range is not null && _quirks.TakesNoRanges)
        {
            await ErrorAsync(response, 400, "UNSUPPORTED");
            return;
        }
        if (range is not null && range.Split('-')[0] != upload.Length.ToString(CultureInfo.InvariantCulture))
        {
            Violate($"{range} after {upload.Length} bytes");
            await ErrorAsync(response, 416, "BLOB_UPLOAD_INVALID");
            return;
        }
        var part = new MemoryStream();
        await request.Body.CopyToAsync(part);
        if (part.Length > _quirks.MaximumPart)
        {
            await ErrorAsync(response, _quirks.TooLargeStatus, "SIZE_INVALID");
            return;
        }
        part.WriteTo(upload);
        if (request.Method == "PATCH")
        {
            if (range is not null && part.Length < _quirks.MinimumPart) Violate($"a part of {part.Length} bytes");
            Locate(response, request, session);
            response.Headers.Range = $"0-{upload.Length - 1}";
            response.StatusCode = _quirks.PartStatus;
            return;
        }
        var digest = request.Query["digest"].ToString();
        _uploads.TryRemove(session, out _);
        if (Digest.Of(upload.ToArray()).ToString() != digest)
        {
            Violate("a wrong blob");
            await ErrorAsync(response, 400, "DIGEST_INVALID");
            return;
        }
        _blobs[digest] = upload.ToArray();
        response.StatusCode = 201;
    }

    private async Task BlobAsync(string digest, HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_blobs.TryGetValue(digest, out var blob)) await NotFoundAsync(response);
        else if (request.Method == "HEAD") response.ContentLength = blob.Length;
        else if (_quirks.RedirectsBlobs) response.Redirect($"http://[::ffff:127.0.0.3]:{request.Host.Port}/elsewhere/{digest}", permanent: false, preserveMethod: true);
        else await response.Body.WriteAsync(blob);
    }

    private async Task ManifestAsync(string target, HttpRequest request, HttpResponse response)
    {
        if (request.Method == "PUT")
        {
            var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            var digest = Digest.Of(content.ToArray()).ToString();
            _manifests[target] = _manifests[digest] = (content.ToArray(), request.ContentType!);
            response.StatusCode = 201;
            if (!_quirks.HasNoDigestHeader) response.Headers["Docker-Content-Digest"] = digest;
        }
        else if (_manifests.TryGetValue(target, out var manifest))
        {
            if (!request.Headers.Accept.ToString().Contains(manifest.Type, StringComparison.Ordinal)) Violate($"{manifest.Type} is not accepted");
            response.ContentType = manifest.Type;
            if (!_quirks.HasNoDigestHeader) response.Headers["Docker-Content-Digest"] = Digest.Of(manifest.Content).ToString();
            await response.Body.WriteAsync(manifest.Content);
        }
        else
        {
            await NotFoundAsync(response);
        }
    }

    private void Locate(HttpResponse response, HttpRequest request, string session) =>
        response.Headers.Location = $"{(_quirks.HasAbsoluteLocations ? $"http://{request.Host}" : "")}/v2/app/blobs/uploads/{session}?_state={Uri.EscapeDataString("a+b/c==")}";

    private static Task NotFoundAsync(HttpResponse response) => ErrorAsync(response, 404, "UNKNOWN");

    private static async Task ErrorAsync(HttpResponse response, int status, string code)
    {
        response.StatusCode = status;
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($$"""{"errors":[{"code":"{{code}}","message":"not found"}]}"""));
    }

    private void Violate(string what) => Violations.Enqueue(what);
}
