// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Drift.Cli.Tests;

/// <summary>
/// The part of GitHub's REST API that releases and packages need, with a memory, and with faults: each fault is for one request whose
/// line begins as it says.
/// </summary>
internal sealed class ScriptedGitHub : IAsyncDisposable
{
    public const string Token = "token-of-a-test";
    private const string Repository = "/repos/me/site";
    private readonly WebApplication _application;
    private readonly List<(string Request, ScriptedFault Fault)> _faults = [];
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly Lock _lock = new();
    private int _lastId = 100;

    private ScriptedGitHub()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MinRequestBodyDataRate = null);
        _application = builder.Build();
        _application.Run(ServeAsync);
    }

    /// <summary>What tells the tool of it.</summary>
    public Dictionary<string, string?> Environment => new(StringComparer.Ordinal) { ["GITHUB_API_URL"] = _application.Urls.Single(), ["GITHUB_TOKEN"] = Token };

    /// <summary>The releases, in the order that they were made.</summary>
    public List<JsonObject> Releases { get; } = [];

    /// <summary>The commits that tags name.</summary>
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>The bytes of assets, by their numbers.</summary>
    public Dictionary<int, byte[]> Contents { get; } = [];

    /// <summary>The versions of the container package, the latest first.</summary>
    public List<JsonObject> Versions { get; } = [];

    /// <summary>The lines of the requests that change something.</summary>
    public IReadOnlyList<string> Changes => [.. _requests.Where(request => !request.StartsWith("GET ", StringComparison.Ordinal))];

    public static async Task<ScriptedGitHub> StartAsync()
    {
        var server = new ScriptedGitHub();
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Plays a fault at the next requests whose line begins so.</summary>
    public void Fail(string request, ScriptedFault fault, int times = 1)
    {
        for (var i = 0; i < times; i++) _faults.Add((request, fault));
    }

    public void Recover() => _faults.Clear();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var line = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        _requests.Enqueue(line);
        var index = _faults.FindIndex(fault => line.StartsWith(fault.Request, StringComparison.Ordinal));
        var fault = index < 0 ? ScriptedFault.None : _faults[index].Fault;
        if (index >= 0) _faults.RemoveAt(index);
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await AnswerAsync(context, 401, new JsonObject { ["message"] = "Bad credentials" });
            return;
        }
        if (fault == ScriptedFault.Unavailable)
        {
            await AnswerAsync(context, 502, new JsonObject { ["message"] = "Server Error" });
            return;
        }
        var body = await ReadAsync(context, fault);
        var (status, answer) = body is null ? (0, null) : Do(context.Request, body);
        if (body is null || fault == ScriptedFault.LosesAnswer) context.Abort();
        else await AnswerAsync(context, status, answer);
    }

    /// <summary>Reads a request's body; null when it is cut off, which leaves an asset that is not whole.</summary>
    private async Task<byte[]?> ReadAsync(HttpContext context, ScriptedFault fault)
    {
        using var all = new MemoryStream();
        if (fault == ScriptedFault.CutsUpload)
        {
            var some = new byte[1000];
            await context.Request.Body.ReadExactlyAsync(some.AsMemory(0, 100));
            lock (_lock) Asset(context.Request, some, "starter");
            return null;
        }
        await context.Request.Body.CopyToAsync(all);
        return all.ToArray();
    }

    private (int Status, JsonNode? Answer) Do(HttpRequest request, byte[] body)
    {
        var path = request.Path.Value!;
        lock (_lock)
        {
            if (path.StartsWith("/users/me/packages/container/site/versions", StringComparison.Ordinal)) return Package(request, path);
            return (request.Method, path) switch
            {
                ("GET", "/users/me") => (200, new JsonObject { ["login"] = "me", ["type"] = "User" }),
                ("GET", _) when path.StartsWith($"{Repository}/git/ref/tags/", StringComparison.Ordinal) => Tags.TryGetValue(path.Split('/')[^1], out var commit)
                    ? (200, new JsonObject { ["object"] = new JsonObject { ["type"] = "commit", ["sha"] = commit } }) : NotFound(),
                ("GET", _) when path.StartsWith($"{Repository}/releases/tags/", StringComparison.Ordinal) =>
                    Releases.Find(release => (string)release["tag_name"]! == path.Split('/')[^1] && !(bool)release["draft"]!) is { } found ? (200, found.DeepClone()) : NotFound(),
                ("GET", $"{Repository}/releases") => (200, Page(Releases.AsEnumerable().Reverse(), request)),
                ("POST", $"{Repository}/releases") => Create(JsonNode.Parse(body)!.AsObject()),
                ("POST", _) when path.StartsWith("/uploads/", StringComparison.Ordinal) => Upload(request, body),
                ("PATCH", _) => Change(path, JsonNode.Parse(body)!.AsObject()),
                ("DELETE", _) when path.StartsWith($"{Repository}/releases/assets/", StringComparison.Ordinal) => Delete(int.Parse(path.Split('/')[^1], CultureInfo.InvariantCulture)),
                _ => NotFound(),
            };
        }
    }

    private (int, JsonNode?) Create(JsonObject release)
    {
        release["id"] = ++_lastId;
        release["html_url"] = $"https://github.com/me/site/releases/tag/{release["tag_name"]}";
        release["upload_url"] = $"{_application.Urls.Single()}/uploads/{_lastId}/assets{{?name,label}}";
        release["assets"] = new JsonArray();
        Releases.Add(release);
        return (201, release.DeepClone());
    }

    private (int, JsonNode?) Upload(HttpRequest request, byte[] body)
    {
        var there = Release(request)["assets"]!.AsArray().Any(asset => (string)asset!["name"]! == request.Query["name"]);
        if (there) return (422, new JsonObject { ["message"] = "Validation Failed", ["errors"] = new JsonArray(new JsonObject { ["resource"] = "ReleaseAsset", ["code"] = "already_exists", ["field"] = "name" }) });
        return (201, Asset(request, body, "uploaded").DeepClone());
    }

    private JsonObject Asset(HttpRequest request, byte[] content, string state)
    {
        var asset = new JsonObject { ["id"] = ++_lastId, ["name"] = request.Query["name"].ToString(), ["state"] = state, ["size"] = content.Length, ["digest"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)) };
        Contents[_lastId] = content;
        Release(request)["assets"]!.AsArray().Add(asset);
        return asset;
    }

    private JsonObject Release(HttpRequest request)
    {
        var id = int.Parse(request.Path.Value!.Split('/')[2], CultureInfo.InvariantCulture);
        return Releases.Single(release => (int)release["id"]! == id);
    }

    private (int, JsonNode?) Change(string path, JsonObject changes)
    {
        var release = Releases.Single(release => path == $"{Repository}/releases/{release["id"]}");
        foreach (var (name, value) in changes) release[name] = value?.DeepClone();
        if (!(bool)release["draft"]!) Tags.TryAdd((string)release["tag_name"]!, (string)release["target_commitish"]!);
        return (200, release.DeepClone());
    }

    private (int, JsonNode?) Delete(int id)
    {
        var (assets, asset) = Releases.Select(release => release["assets"]!.AsArray()).Select(assets => (assets, assets.FirstOrDefault(asset => (int)asset!["id"]! == id))).First(pair => pair.Item2 is not null);
        assets.Remove(asset);
        return (204, null);
    }

    private (int, JsonNode?) Package(HttpRequest request, string path)
    {
        if (request.Method == "GET") return (200, Page(Versions, request));
        var removed = Versions.RemoveAll(version => path.EndsWith($"/versions/{version["id"]}", StringComparison.Ordinal));
        return removed == 1 ? (204, null) : NotFound();
    }

    private static JsonArray Page(IEnumerable<JsonObject> all, HttpRequest request)
    {
        var (size, page) = (int.Parse(request.Query["per_page"]!, CultureInfo.InvariantCulture), int.Parse(request.Query["page"]!, CultureInfo.InvariantCulture));
        return new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(item => item.DeepClone())]);
    }

    private static (int, JsonNode?) NotFound() => (404, new JsonObject { ["message"] = "Not Found" });

    private static async Task AnswerAsync(HttpContext context, int status, JsonNode? answer)
    {
        context.Response.StatusCode = status;
        if (answer is null) return;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.ToJsonString());
    }
}
