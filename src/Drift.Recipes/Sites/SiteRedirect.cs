// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A rule of <c>_redirects</c>.</summary>
/// <param name="Line">Where it is.</param>
/// <param name="Source">The paths that it is for.</param>
/// <param name="Target">Where it leads, percent-encoded: <see cref="SiteFormat.TargetCapture"/> and those behind it stand for captures.</param>
/// <param name="Status">301, 302, 303, 307 or 308; or 200 or 404 with the content of the target.</param>
/// <param name="Force">Whether it comes before the files.</param>
internal sealed record SiteRedirect(SiteLine Line, SitePattern Source, string Target, int Status, bool Force)
{
    internal bool IsRewrite => Status is 200 or 404;

    internal bool HasCaptures => Target.Any(SitePattern.IsCapture);
}
