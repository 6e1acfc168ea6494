// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// A folder with an <c>index.html</c>: compiled into the prebuilt server, one image for each platform. Its pages may hold placeholders
/// (<see cref="SitePlaceholders"/>), among them the sizes of the binary and of the image that they become part of.
/// </summary>
public sealed class SiteRecipe : Recipe
{
    private const string ProgramPath = "/server";
    private static readonly Platform[] AllPlatforms = [Platform.LinuxAmd64, Platform.LinuxArm64];

    private readonly SiteOptions _site;

    // The image has no other program that Docker could run in it.
    private static readonly HealthCheck Probe = new() { Test = ["CMD", ProgramPath, "--probe"], Interval = TimeSpan.FromSeconds(10) };

    private SiteRecipe(string directory, SiteOptions site)
        : base(directory) => _site = site;

    /// <inheritdoc/>
    public override string Description => $"the site {Directory}";

    internal override async Task<IReadOnlyList<RecipeImage>> PlanAsync(IReadOnlyList<Platform> platforms, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var pages = await SitePages.ReadAsync(Directory, cancellationToken).ConfigureAwait(false);
        var site = _site.With(Directory);
        var contents = new SiteContents();
        var images = new List<RecipeImage>();
        foreach (var platform in platforms.Count == 0 ? AllPlatforms : platforms)
        {
            images.Add(await PlanAsync(pages, site, contents, platform, options, finish, cancellationToken).ConfigureAwait(false));
        }
        return images;
    }

    internal static SiteRecipe? TryRecognise(string directory, RecipeOptions options) =>
        File.Exists(Path.Combine(directory, "index.html")) ? new SiteRecipe(directory, options.Site) : null;

    /// <summary>
    /// Finds sizes that are true of the image that states them. Stating them changes it, so they are measured and stated again until they
    /// stay. Where compression makes them go in a circle, a line break more at the end of the page, which nobody sees, leads out of it.
    /// </summary>
    private static async Task<RecipeImage> PlanAsync(SitePages pages, SiteOptions site, SiteContents contents, Platform platform, PackOptions options, Func<Image, Image> finish, CancellationToken cancellationToken)
    {
        var server = PrebuiltServer.Read(platform);
        var sizes = new SiteSizes(0, 0);
        for (var padding = 0; padding < 200; padding++)
        {
            for (var round = 0; round < 5; round++)
            {
                var (files, front) = pages.Fill(new SitePlaceholders(platform, sizes), padding);
                var segment = await SiteSegment.CreateAsync(SiteRoutes.Create(files, site), contents, cancellationToken).ConfigureAwait(false);
                var binary = ServerBinary.Compose(server, segment);
                var image = finish(ProgramImage(platform, ProgramPath, binary.Content).WithConfig(config => config with { HealthCheck = Probe }));
                if (pages.StateSizes)
                {
                    var packed = await image.PackAsync(DiscardSink.Instance, options, cancellationToken).ConfigureAwait(false);
                    var measured = new SiteSizes(binary.Length, packed.Size);
                    if (measured != sizes)
                    {
                        sizes = measured;
                        continue;
                    }
                }
                return new RecipeImage(image, binary.Length, site.ServesIndexAtRoot ? front : null);
            }
        }
        throw new DriftException(ErrorCode.InvalidSite, $"No size of the image for {platform} is true of the page that states it.", $"Remove {SitePlaceholders.ImageSize} from the page, or change its text.");
    }
}
