// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// <c>/v2/token</c>: a token for the one who asks. It says who that is and not what is allowed, which the rules decide at each request.
/// </summary>
internal static class TokenEndpoint
{
    public static Task CreateAsync(HttpContext context, Principal principal, AccessTokens tokens)
    {
        var token = tokens.Create(principal.User);
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new TokenAnswer(token, token, (int)AccessTokens.Lifetime.TotalSeconds), RegistryJsonContext.Default.TokenAnswer));
    }
}
