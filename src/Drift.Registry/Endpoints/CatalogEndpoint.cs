// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/v2/_catalog</c>: the repositories, as registries listed them before the specification, and still do; each client sees those that it may read.</summary>
internal sealed class CatalogEndpoint(RegistryStorage storage)
{
    public Task ListAsync(HttpContext context, Principal principal)
    {
        var names = storage.Repositories.List();
        if (!principal.IsUnrestricted) names = [.. names.Where(name => principal.May(RepositoryActions.Pull, name))];
        var catalog = new Catalog(Page.Of(context, names, "/v2/_catalog"));
        return JsonAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(catalog, RegistryJsonContext.Default.Catalog));
    }
}
