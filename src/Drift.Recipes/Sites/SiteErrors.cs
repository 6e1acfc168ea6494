// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The answers to requests that ask for nothing the site has.</summary>
internal static class SiteErrors
{
    private const string Plain = "text/plain; charset=utf-8";

    private static readonly (int Offset, string Status, string? Header)[] All =
    [
        (SiteFormat.BadRequest, "400 Bad Request", null),
        (SiteFormat.NotFound, "404 Not Found", null),
        (SiteFormat.NotAllowed, "405 Method Not Allowed", "Allow: GET, HEAD"),
        (SiteFormat.TargetTooLong, "414 URI Too Long", null),
        (SiteFormat.HeadTooLong, "431 Request Header Fields Too Large", null),
        (SiteFormat.NotImplemented, "501 Not Implemented", null),
        (SiteFormat.BadVersion, "505 HTTP Version Not Supported", null),
    ];

    /// <summary>Adds their texts. The body of 404 is <paramref name="notFound"/> where the site has it; all others are a line.</summary>
    internal static List<SiteError> Add(SiteSegmentText text, SiteFile? notFound)
    {
        var errors = new List<SiteError>(All.Length);
        foreach (var (offset, status, header) in All)
        {
            if (offset == SiteFormat.NotFound && notFound is not null)
            {
                var heads = SiteAnswerHeads.Add(text, status, notFound.ContentType, notFound.Length, header);
                errors.Add(new SiteError(offset, heads, 0, (uint)Math.Min(notFound.Length, uint.MaxValue), notFound));
                continue;
            }
            var body = status + "\n";
            // Every error but 404 ends the connection: one head is enough.
            var isLast = offset != SiteFormat.NotFound;
            errors.Add(new SiteError(offset, SiteAnswerHeads.Add(text, status, Plain, body.Length, header, isLast), text.Add(body), (uint)body.Length, null));
        }
        return errors;
    }
}
