// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>What is noted of a request and its answer on the way, where somebody wants to know.</summary>
internal sealed class Exchange
{
    private long _received;
    private long _sent;

    /// <summary>On whose behalf the request comes.</summary>
    public string? User { get; private set; }

    /// <summary>How many bytes of content were received.</summary>
    public long Received => _received;

    /// <summary>How many bytes of content were sent.</summary>
    public long Sent => _sent;

    /// <summary>Notes who logged in.</summary>
    public static void NoteUser(HttpContext context, string? user)
    {
        if (context.Features.Get<Exchange>() is { } exchange) exchange.User = user;
    }

    /// <summary>Notes content that was received.</summary>
    public static void NoteReceived(HttpContext context, long bytes)
    {
        if (context.Features.Get<Exchange>() is { } exchange) exchange._received += bytes;
    }

    /// <summary>Notes content that was sent.</summary>
    public static void NoteSent(HttpContext context, long bytes)
    {
        if (context.Features.Get<Exchange>() is { } exchange) exchange._sent += bytes;
    }
}
