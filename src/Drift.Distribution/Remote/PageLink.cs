// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>Where a list goes on.</summary>
internal static class PageLink
{
    /// <summary>The address of the next page, as <c>Link: &lt;/v2/…&gt;; rel="next"</c> says; credentials go with it, so it stays on the host.</summary>
    public static Uri? Next(RegistryConnection registry, HttpResponseMessage response, Uri current)
    {
        if (!response.Headers.TryGetValues("Link", out var links)) return null;
        foreach (var link in links)
        {
            var (open, close) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
            if (open < 0 || close < open || !link[close..].Contains("next", StringComparison.Ordinal) || !Uri.TryCreate(current, link[(open + 1)..close], out var next)) continue;
            // Behind a proxy that ends TLS, registries answer with http.
            return next.Host == current.Host ? new Uri(registry.Address, next.PathAndQuery) : null;
        }
        return null;
    }
}
