// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>The part of a sorted list that <c>n</c> and <c>last</c> ask for (distribution-spec, "Listing Tags").</summary>
internal static class Page
{
    /// <summary>Takes the part, and names the next one in a <c>Link</c> header.</summary>
    /// <param name="context">The request, whose query is read, and its answer.</param>
    /// <param name="all">The whole list, in the order of its bytes.</param>
    /// <param name="path">The list's own path.</param>
    public static string[] Of(HttpContext context, IReadOnlyList<string> all, string path)
    {
        var query = context.Request.Query;
        var limit = int.MaxValue;
        if (query.ContainsKey("n") && !int.TryParse(query["n"], NumberStyles.None, CultureInfo.InvariantCulture, out limit))
            throw new RefusedRequestException(DistributionError.PageSizeInvalid, query["n"].ToString());
        var last = query["last"].ToString();
        var rest = all.SkipWhile(entry => string.CompareOrdinal(entry, last) <= 0).ToArray();
        if (rest.Length <= limit) return rest;
        var page = rest[..limit];
        if (limit > 0) context.Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"<{path}?n={limit}&last={page[^1]}>; rel=\"next\"");
        return page;
    }
}
