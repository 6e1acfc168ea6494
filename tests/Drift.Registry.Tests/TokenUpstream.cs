// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>A registry as the large ones are: it wants a token that anyone is given, and redirects to another host for blobs.</summary>
internal sealed class TokenUpstream : IAsyncDisposable
{
    private readonly HttpListener _registry = new();
    private readonly HttpListener _storage = new();
    private readonly string _storageHost;
    private readonly Task _serving;

    public TokenUpstream(byte[] blob)
    {
        Blob = blob;
        Address = Listen(_registry);
        _storageHost = Listen(_storage).ToString();
        _serving = Task.WhenAll(ServeAsync(_registry, AnswerRegistry), ServeAsync(_storage, AnswerStorage));
    }

    public Uri Address { get; }

    public byte[] Blob { get; }

    /// <summary>What was asked, as in <c>registry /v2/… Bearer secret</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _registry.Stop();
        _storage.Stop();
        await _serving;
        _registry.Close();
        _storage.Close();
    }

    private void AnswerRegistry(HttpListenerContext context)
    {
        var authorization = context.Request.Headers["Authorization"];
        Requests.Enqueue($"registry {context.Request.RawUrl} {authorization}".TrimEnd());
        if (context.Request.Url!.AbsolutePath == "/token") Write(context, """{"access_token":"secret","expires_in":300}"""u8.ToArray());
        else if (authorization != "Bearer secret")
        {
            context.Response.StatusCode = 401;
            context.Response.AddHeader("WWW-Authenticate", string.Create(CultureInfo.InvariantCulture, $"Bearer realm=\"{Address}token\",service=\"the \\\"service\\\"\",scope=\"repository:x:pull\""));
        }
        else
        {
            context.Response.StatusCode = 307;
            context.Response.AddHeader("Location", _storageHost + "blob?signature=1");
        }
    }

    private void AnswerStorage(HttpListenerContext context)
    {
        Requests.Enqueue($"storage {context.Request.RawUrl} {context.Request.Headers["Authorization"]}".TrimEnd());
        Write(context, Blob);
    }

    private static void Write(HttpListenerContext context, byte[] body)
    {
        context.Response.ContentLength64 = body.Length;
        context.Response.OutputStream.Write(body);
    }

    private static Uri Listen(HttpListener listener)
    {
        var address = $"http://127.0.0.1:{FreePort.Find()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        return new Uri(address);
    }

    private static async Task ServeAsync(HttpListener listener, Action<HttpListenerContext> answer)
    {
        while (true)
        {
            try
            {
                var context = await listener.GetContextAsync();
                answer(context);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                if (!listener.IsListening) return;
            }
        }
    }
}
