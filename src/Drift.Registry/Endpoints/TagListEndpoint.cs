// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/tags/list</c>, whole or in pages of <c>n</c> after <c>last</c> (distribution-spec end-8).</summary>
internal sealed class TagListEndpoint(RegistryStorage storage)
{
    public async Task ListAsync(HttpContext context, RequestTarget target)
    {
        var query = context.Request.Query;
        var limit = int.MaxValue;
        if (query.ContainsKey("n") && !int.TryParse(query["n"], NumberStyles.None, CultureInfo.InvariantCulture, out limit))
            throw new RefusedRequestException(DistributionError.PageSizeInvalid, query["n"].ToString());
        if (!storage.Repositories.Exists(target.Repository)) throw new RefusedRequestException(DistributionError.NameUnknown, target.Name);

        var last = query["last"].ToString();
        var rest = storage.Repositories.ListTags(target.Repository).SkipWhile(tag => string.CompareOrdinal(tag, last) <= 0).ToArray();
        var page = rest.Take(limit).ToArray();
        if (page.Length is > 0 && page.Length < rest.Length)
            context.Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"</v2/{target.Name}/tags/list?n={limit}&last={page[^1]}>; rel=\"next\"");

        var body = JsonSerializer.SerializeToUtf8Bytes(new TagList(target.Name, page), RegistryJsonContext.Default.TagList);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
