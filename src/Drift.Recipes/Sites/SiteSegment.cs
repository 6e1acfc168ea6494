// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A site as the server reads it: a perfect hash of paths, and for each a whole answer. The server picks these bytes, and makes
/// only what depends on the request or the time. Paths and heads are held in memory; bodies are read when <see cref="Content"/> is.
/// </summary>
public sealed class SiteSegment
{
    /// <summary>The path that answers whether the server is well.</summary>
    public const string HealthPath = "/health";

    /// <summary>The same under the name that Kubernetes' own programs use.</summary>
    public const string LivenessPath = "/healthz";

    /// <summary>The path of the page that answers where there is nothing.</summary>
    public const string NotFoundPath = "/404.html";

    internal static readonly string[] HealthPaths = [HealthPath, LivenessPath];

    private static readonly SiteFile Health = SiteFile.FromText(HealthPath, "OK", "text/plain");

    private SiteSegment(byte[] front, IReadOnlyList<SiteBody> bodies, long length)
    {
        Length = length;
        Content = ContentSource.Create(_ => new(new OpenContent(new SiteSegmentStream(front, bodies), Length)));
    }

    /// <summary>How many bytes it has: at most 4 GiB less one.</summary>
    public long Length { get; }

    /// <summary>Its bytes.</summary>
    public ContentSource Content { get; }

    /// <summary>
    /// Lays out a site; every body is read for its hash, and compressed where that is worth it. <see cref="HealthPath"/> and
    /// <see cref="LivenessPath"/> are added; the file at <see cref="NotFoundPath"/> is the body of the answer 404. The order of the files does not matter.
    /// </summary>
    /// <exception cref="ArgumentException">A path is not one that a request has.</exception>
    /// <exception cref="DriftException">Two files have one path, one cannot be read, a rule does not fit the files, or the site is too large.</exception>
    public static Task<SiteSegment> CreateAsync(IEnumerable<SiteFile> files, SiteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return CreateAsync(SiteRoutes.Create(files, options ?? new SiteOptions()), new SiteContents(), cancellationToken);
    }

    internal static bool IsHealth(string path) => HealthPaths.Contains(path, StringComparer.Ordinal);

    /// <summary>Lays out a site of which some bodies may be known.</summary>
    internal static async Task<SiteSegment> CreateAsync(SiteRoutes routes, SiteContents contents, CancellationToken cancellationToken)
    {
        IReadOnlyList<SiteFile> files = [.. routes.Files.Where(file => file.Location is null), Health];
        EnsureSize(files.DistinctBy(file => file.Content, ReferenceEqualityComparer.Instance).Sum(file => file.Length));
        await contents.ReadAsync(files, cancellationToken).ConfigureAwait(false);

        var writer = new SiteSegmentWriter();
        var well = SiteHead.OfFile(200, contents[Health], SiteHeaders.Defaults(Health.ContentType, "no-store", isPage: false), HealthPath) with { Flags = SiteFormat.AnswerHealth };
        var notFound = routes.NotFound is { } page ? AnswerOf(page, isForMany: true) : SiteErrors.Of(404);
        foreach (var file in routes.Files) writer.AddPath(file.UrlPath, AnswerOf(file));
        foreach (var path in HealthPaths) writer.AddPath(path, well);
        foreach (var (offset, answer) in SiteErrors.All) writer.AddField(offset, offset == SiteFormat.NotFound ? notFound : answer);
        if (routes.Fallback is { } fallback) writer.AddField(SiteFormat.Fallback, AnswerOf(fallback, isForMany: true));
        foreach (var rule in routes.Rules) AddRule(rule);

        var (front, bodies, length) = writer.Finish();
        EnsureSize(length);
        return new SiteSegment(front, bodies, length);

        SiteAnswer AnswerOf(SiteFile file, bool isForMany = false)
        {
            var headers = routes.HeadersOf(file, isForMany);
            return file.Location is null
                ? SiteHead.OfFile(file.Status, contents[file], headers, file.UrlPath)
                : SiteHead.OfRedirect(file.Status, file.Location, headers, file.UrlPath);
        }

        void AddRule(SiteRule rule)
        {
            if (rule.IsHealth) writer.AddRule(rule, well);
            else if (rule.Target is null) writer.AddRule(rule, rule.File is { } file ? AnswerOf(file, isForMany: true) : notFound);
            else writer.AddRule(rule, AnswerOf(SiteFile.Redirect(rule.Pattern.Text, "", rule.Status), isForMany: true));
        }
    }

    private static void EnsureSize(long length)
    {
        if (length > uint.MaxValue) throw new DriftException(ErrorCode.InvalidSite, $"The site has {length} bytes; a server holds at most 4 GiB.", "Serve large files from elsewhere.");
    }
}
