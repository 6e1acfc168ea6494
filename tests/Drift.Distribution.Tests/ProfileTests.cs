// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>An image of two platforms goes into registries of every kind, from one repository to the next, and comes out as it was.</summary>
public sealed class ProfileTests : DistributionTest
{
    private const long MiB = 1024 * 1024;

    private static readonly Dictionary<string, Quirks> Kinds = new(StringComparer.Ordinal)
    {
        ["ghcr"] = new("ghcr.io") { Challenge = "Bearer", MaximumPart = 4 * MiB, HasNoDigestHeader = true },
        ["ghcr, breaking"] = new("ghcr.io") { Challenge = "Bearer", Breaks = true, Forgets = true },
        ["ecr"] = new("1234.dkr.ecr.eu-west-1.amazonaws.com") { Challenge = "Basic", PartStatus = 201, MinimumPart = 5 * MiB, HasAbsoluteLocations = true },
        ["ecr, breaking"] = new("public.ecr.aws") { Challenge = "Basic", PartStatus = 201, MinimumPart = 5 * MiB, Breaks = true },
        ["gar"] = new("europe-docker.pkg.dev") { Challenge = "Bearer", TakesNoRanges = true, ChallengesAtDoorOnly = true, RedirectsBlobs = true, Breaks = true },
        ["acr"] = new("me.azurecr.io") { Challenge = "Bearer", TokenMember = "access_token", Breaks = true, Forgets = true, RedirectsBlobs = true },
        ["quay"] = new("quay.io") { Challenge = "Bearer", RefusesMountsFromAnywhere = true, RedirectsBlobs = true },
        ["harbor"] = new("harbor.example.com") { Challenge = "Bearer", HatesCookies = true, MaximumPart = 3 * MiB, TooLargeStatus = 413 },
        ["oracle"] = new("fra.ocir.io") { Challenge = "Bearer", HasEmptyScope = true },
        ["hub"] = new("docker.io") { Challenge = "Bearer", RedirectsBlobs = true },
        ["distribution"] = new("registry.example.com") { HasAbsoluteLocations = true, Breaks = true },
        ["behind a proxy of 1 MiB"] = new("registry.example.com") { MaximumPart = MiB, TooLargeStatus = 413 },
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory(Timeout = 2 * Limit)]
    [MemberData(nameof(Names))]
    public async Task It_works(string kind)
    {
        var quirks = Kinds[kind];
        await using var registry = await QuirkyRegistry.StartAsync(quirks, Cancelled);
        using var client = new RegistryClient(new RegistryClientOptions
        {
            Credentials = new OneCredential(),
            Profile = RegistryProfile.Of(quirks.Host),
            FirstPause = TimeSpan.FromMilliseconds(1),
        });
        var repository = client.Open(ImageReference.Parse($"{registry.Host}/app"));
        var packed = await TwoPlatforms((int)(9 * MiB)).PackAsync(repository, cancellationToken: Cancelled);
        await repository.TagAsync(packed.Descriptor, "v1", Cancelled);

        var before = registry.Requests.Count;
        var other = client.Open(ImageReference.Parse($"{registry.Host}/other"));
        await ImageCopy.CopyAsync(client.Open(ImageReference.Parse($"{registry.Host}/app")), packed.Descriptor, other, cancellationToken: Cancelled);
        Assert.DoesNotContain(registry.Requests.Skip(before), request => request.StartsWith("PATCH", StringComparison.Ordinal));

        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var root = await client.Open(ImageReference.Parse($"{registry.Host}/app")).ResolveAsync("v1", Cancelled);
        Assert.Equal(packed.Descriptor.Digest, root.Digest);
        await ImageCopy.CopyAsync(client.Open(ImageReference.Parse($"{registry.Host}/app")), root, layout, cancellationToken: Cancelled);
        await ImageCopy.CopyAsync(layout, root, client.Open(ImageReference.Parse($"{registry.Host}/third")), cancellationToken: Cancelled);

        // None of them lists referrers by itself here: each keeps the list that clients make.
        var artifact = await new Artifact { ArtifactType = "x/sbom", Subject = root }.PackAsync(repository, cancellationToken: Cancelled);
        Assert.Equal(artifact.Digest, Assert.Single(await client.Open(ImageReference.Parse($"{registry.Host}/app")).ListReferrersAsync(root.Digest, "x/sbom", Cancelled)).Digest);
        Assert.Empty(registry.Violations);
    }

    [Fact(Timeout = Limit)]
    public async Task A_small_image_for_two_platforms_takes_twelve_requests()
    {
        await using var registry = await QuirkyRegistry.StartAsync(new Quirks("registry.example.com"), Cancelled);
        await WriteIndexAsync($"{registry.Host}/app:v1");
        // For two layers and two configs POST and PUT each, for two manifests and the index PUT each, and PUT for the tag.
        Assert.Equal(12, registry.Requests.Count);
    }
}
