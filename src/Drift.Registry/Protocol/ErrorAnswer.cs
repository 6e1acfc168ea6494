// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>Writes errors as the specification shapes them: <c>{"errors":[{"code","message","detail"}]}</c>.</summary>
internal static class ErrorAnswer
{
    // A detail quotes the client's own words: enough of them to recognise, never a page.
    private const int MaximumDetailLength = 400;
    private static readonly string?[] NoDetail = [null];

    public static Task WriteAsync(HttpContext context, DistributionError error, string? detail) => WriteAsync(context, error, [detail]);

    /// <summary>Writes one entry for each of <paramref name="details"/>, or one without when there are none.</summary>
    public static async Task WriteAsync(HttpContext context, DistributionError error, IReadOnlyList<string?> details)
    {
        var entries = (details.Count == 0 ? NoDetail : details).Select(detail => new ErrorEntry(error.Code, error.Message, Shorten(detail))).ToArray();
        var body = JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(entries), RegistryJsonContext.Default.ErrorBody);
        context.Response.StatusCode = error.Status;
        await JsonAnswer.WriteAsync(context, body).ConfigureAwait(false);
    }

    private static string? Shorten(string? detail) => detail?.Length > MaximumDetailLength ? detail[..MaximumDetailLength] + "…" : detail;
}
