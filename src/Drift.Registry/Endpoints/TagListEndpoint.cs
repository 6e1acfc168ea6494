// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/NAME/tags/list</c> (distribution-spec end-8).</summary>
internal sealed class TagListEndpoint(RegistryStorage storage, Mirror? mirror)
{
    public async Task ListAsync(HttpContext context, RequestTarget target)
    {
        if (mirror is not null && await mirror.RelayAsync(context, target.Repository, "tags/list").ConfigureAwait(false)) return;
        var tags = storage.Repositories.ListTags(target.Repository) ?? throw new RefusedRequestException(DistributionError.NameUnknown, target.Name);
        var list = new TagList(target.Name, Page.Of(context, tags, $"/v2/{target.Name}/tags/list"));
        await JsonAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(list, RegistryJsonContext.Default.TagList)).ConfigureAwait(false);
    }
}
