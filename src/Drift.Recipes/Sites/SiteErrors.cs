// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The answers to requests that ask for nothing the site has.</summary>
internal static class SiteErrors
{
    private const string Plain = "text/plain";

    private static readonly (int Offset, int Status)[] Statuses =
    [
        (SiteFormat.BadRequest, 400),
        (SiteFormat.NotFound, 404),
        (SiteFormat.NotAllowed, 405),
        (SiteFormat.Timeout, 408),
        (SiteFormat.BodyTooLarge, 413),
        (SiteFormat.TargetTooLong, 414),
        (SiteFormat.Expectation, 417),
        (SiteFormat.HeadTooLong, 431),
        (SiteFormat.NotImplemented, 501),
        (SiteFormat.Unavailable, 503),
        (SiteFormat.BadVersion, 505),
    ];

    /// <summary>Each with the offset of its field in the header.</summary>
    internal static IEnumerable<(int Offset, SiteAnswer Answer)> All => Statuses.Select(error => (error.Offset, Of(error.Status)));

    internal static SiteAnswer Of(int status)
    {
        var headers = SiteHeaders.Defaults(Plain, null, isPage: false);
        if (status == 405) headers.Add("Allow", "GET, HEAD");
        return SiteHead.OfStatus(status, headers);
    }
}
