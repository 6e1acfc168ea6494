// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>An upload that a registry has opened: where it goes on, and what the registry asks of it.</summary>
/// <param name="Address">Where the next request goes; registries change it with each answer.</param>
/// <param name="MinimumChunk">The least bytes that a chunk must have, but for the last (<c>OCI-Chunk-Min-Length</c>); 0 for any.</param>
internal sealed record UploadSession(Uri Address, long MinimumChunk)
{
    /// <summary>Reads the answer that opened the upload or took a part of it. The address may be relative.</summary>
    /// <param name="registry">The registry, for errors and its scheme.</param>
    /// <param name="response">The answer.</param>
    /// <param name="minimumChunk">What an earlier answer said.</param>
    public static UploadSession Read(RegistryConnection registry, HttpResponseMessage response, long minimumChunk = 0)
    {
        if (response.Headers.Location is not { } location || !Uri.TryCreate(response.RequestMessage!.RequestUri, location, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new DriftException(ErrorCode.RegistryError, $"{registry.Host} accepts an upload without saying where (no valid Location header).", "Tell those who run the registry.");
        }
        // Behind a proxy that ends TLS, registries answer with http; the same host was reached by https.
        if (uri.Host == registry.Address.Host && uri.Scheme != registry.Address.Scheme) uri = new UriBuilder(uri) { Scheme = registry.Address.Scheme, Port = registry.Address.Port }.Uri;
        if (uri.Scheme == "http" && registry.Address.Scheme == "https") throw new DriftException(ErrorCode.RegistryError, $"{registry.Host} sends uploads to http://{uri.Host}, which is not secure.", "Tell those who run the registry.");
        var minimum = response.Headers.TryGetValues("OCI-Chunk-Min-Length", out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : minimumChunk;
        return new UploadSession(uri, minimum);
    }

    /// <summary>How many bytes the registry has, as its <c>Range: 0-N</c> says; null when it does not.</summary>
    public static long? Received(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Range", out var values)) return null;
        var range = values.First().Split('=')[^1].Split('-');
        if (range is not ["0", var text] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return null;
        // "0-0" is one byte by the specification, and none by the registries that say it.
        return last == 0 ? 0 : last + 1;
    }

    /// <summary>Where the blob is finished.</summary>
    public Uri Finish(Digest digest)
    {
        var builder = new UriBuilder(Address);
        builder.Query = (builder.Query.Length > 1 ? builder.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(digest.ToString());
        return builder.Uri;
    }
}
