// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/_catalog</c>: the repositories, as registries listed them before the specification, and still do.</summary>
internal sealed class CatalogEndpoint(RegistryStorage storage)
{
    public Task ListAsync(HttpContext context)
    {
        var catalog = new Catalog(Page.Of(context, storage.Repositories.List(), "/v2/_catalog"));
        return JsonAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(catalog, RegistryJsonContext.Default.Catalog));
    }
}
