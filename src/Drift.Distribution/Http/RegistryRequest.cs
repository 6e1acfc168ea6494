// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;

namespace Drift.Distribution;

/// <summary>A request as often as it is sent: anew after a redirect, a refusal without credentials or a failure.</summary>
/// <param name="Method">The method.</param>
/// <param name="Uri">The address.</param>
/// <param name="Scope">What a token has to allow for it.</param>
/// <param name="Expected">The statuses that mean success.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Uri, TokenScope Scope, params HttpStatusCode[] Expected)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Makes the body; called for each time that the request is sent.</summary>
    public Func<HttpContent>? Body { get; init; }

    /// <summary>Whether sending it again does no harm, and its body can be had again.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>The first byte that is wanted of a blob; null for all of it.</summary>
    public long? From { get; init; }

    /// <summary>The most bytes of an answer that is read into memory; null where the caller reads it from the wire.</summary>
    public int? MaximumBody { get; init; }

    public HttpRequestMessage Message(AuthenticationHeaderValue? authorization)
    {
        var message = new HttpRequestMessage(Method, Uri)
        {
            Content = Body?.Invoke(),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Authorization = authorization;
        foreach (var type in Accept) message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        if (From is { } from) message.Headers.Range = new RangeHeaderValue(from, null);
        return message;
    }
}
