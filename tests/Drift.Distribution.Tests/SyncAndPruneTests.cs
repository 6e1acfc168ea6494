// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>What a sync costs where nothing changed, and in which order a prune deletes.</summary>
public sealed class SyncAndPruneTests : DistributionTest
{
    [Fact(Timeout = Limit)]
    public async Task What_is_the_same_costs_one_request_on_either_side()
    {
        await using var source = new ScriptedRegistry().Always("HEAD /v2/app/manifests/v1", Digested("same"));
        await using var target = new ScriptedRegistry().Always("HEAD /v2/app/manifests/v1", Digested("same"));
        Assert.Equal((SyncState.Unchanged, Digest.Of("same"u8)), await Sync(source, target).RunAsync(ScriptedRegistry.Impatient, cancellationToken: Cancelled));
        Assert.Equal((1, 1), (source.Requests.Count, target.Requests.Count));
    }

    [Fact(Timeout = Limit)]
    public async Task A_registry_that_tells_no_digest_is_read()
    {
        var manifest = OciJson.Write(new ImageManifest { MediaType = MediaTypes.OciManifest, Config = Descriptor.Of(MediaTypes.OciConfig, [1]), Layers = [] });
        await using var source = new ScriptedRegistry().Always("HEAD", new ScriptedReply()).Always("GET", ScriptedReply.Manifest(manifest));
        await using var target = new ScriptedRegistry().Always("HEAD", new ScriptedReply { Headers = [$"Docker-Content-Digest: {Digest.Of(manifest)}"] });
        Assert.Equal(SyncState.Unchanged, (await Sync(source, target).RunAsync(ScriptedRegistry.Impatient, cancellationToken: Cancelled)).State);
    }

    [Fact(Timeout = Limit)]
    public async Task A_check_sends_nothing()
    {
        await using var source = await DebianRegistry.StartAsync(Cancelled);
        await WriteIndexAsync($"{source.Host}/app:v1");
        await using var target = new ScriptedRegistry().Always("HEAD", ScriptedReply.Error(404));
        var sync = new ImageSync(ImageLocation.Parse($"{source.Host}/app:v1"), ImageLocation.Parse($"{target.Host}/app:v1"));
        Assert.Equal(SyncState.Different, (await sync.RunAsync(ScriptedRegistry.Impatient, check: true, cancellationToken: Cancelled)).State);
        Assert.Single(target.Requests);
    }

    [Fact(Timeout = 3 * Limit)]
    public async Task What_points_is_deleted_before_what_it_points_at()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        var repository = Repository.Open(ImageReference.Parse($"{registry.Host}/app"));
        var root = await WriteIndexAsync($"{registry.Host}/app:v1");
        var children = OciJson.ReadIndex((await repository.ReadManifestAsync(root, Cancelled)).Span, "").Manifests;
        var sbom = await new Artifact { ArtifactType = "x/sbom", Subject = children[0] }.PackAsync(repository, cancellationToken: Cancelled);
        var signature = await new Artifact { ArtifactType = "x/signature", Subject = sbom }.PackAsync(repository, cancellationToken: Cancelled);
        var whole = await new Artifact { ArtifactType = "x/signature", Subject = root }.PackAsync(repository, cancellationToken: Cancelled);
        var plan = await PrunePlan.MakeAsync(repository, new PruneRules { Match = "v*" }, TimeProvider.System.GetUtcNow(), Cancelled);
        var order = plan.Order.ToList();
        Assert.Equal(6, order.Count);
        foreach (var (before, after) in new[] { (whole, root), (root, children[0]), (root, children[1]), (sbom, children[0]), (signature, sbom) })
        {
            Assert.True(order.IndexOf(before.Digest) < order.IndexOf(after.Digest), $"{before.ArtifactType} {before.Digest}");
        }

        // A plan that was carried out by half is carried out again.
        await repository.DeleteAsync(order[0].ToString(), Cancelled);
        await repository.DeleteAsync(order[1].ToString(), Cancelled);
        await plan.ApplyAsync(Cancelled);
        foreach (var gone in order) await FailsAsync(ErrorCode.NotFound, () => Repository.Open(ImageReference.Parse($"{registry.Host}/app")).ResolveAsync(gone.ToString(), Cancelled));
        var tags = new List<Tag>();
        await foreach (var tag in repository.ListTagsAsync(Cancelled)) tags.Add(tag);
        Assert.Empty(tags);
    }

    [Fact(Timeout = 3 * Limit)]
    public async Task A_signature_of_the_older_scheme_goes_with_its_image_and_is_no_version()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        var repository = Repository.Open(ImageReference.Parse($"{registry.Host}/app"));
        var signatures = new List<Descriptor>();
        for (var version = 1; version <= 2; version++)
        {
            var image = await WriteImageAsync($"{registry.Host}/app:v{version}", seed: version);
            signatures.Add(await new Artifact { ArtifactType = "x/old", Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["of"] = image.Digest.ToString() } }.PackAsync(repository, cancellationToken: Cancelled));
            await repository.TagAsync(signatures[^1], $"{Referrer.TagOf(image.Digest)}.sig", Cancelled);
        }
        await (await PrunePlan.MakeAsync(repository, new PruneRules { Keep = 1 }, TimeProvider.System.GetUtcNow(), Cancelled)).ApplyAsync(Cancelled);
        var tags = new List<string>();
        await foreach (var tag in repository.ListTagsAsync(Cancelled)) tags.Add(tag.ToString());
        var kept = await repository.ResolveAsync("v2", Cancelled);
        Assert.Equal([$"{Referrer.TagOf(kept.Digest)}.sig", "v2"], tags.Order(StringComparer.Ordinal));
        await FailsAsync(ErrorCode.NotFound, () => Repository.Open(ImageReference.Parse($"{registry.Host}/app")).ResolveAsync(signatures[0].Digest.ToString(), Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_layouts_referrers_without_a_tag_stay_with_what_they_refer_to()
    {
        var path = Folder.Combine("layout");
        var (first, second) = (await WriteImageAsync($"oci:{path}:v1", seed: 1), await WriteImageAsync($"oci:{path}:v2", seed: 2));
        var layout = OciLayout.Open(path);
        var signature = await new Artifact { ArtifactType = "x/signature", Subject = first }.PackAsync(layout, cancellationToken: Cancelled);
        // ORAS has such an entry beside the list.
        await layout.TagAsync(signature, null, Cancelled);
        var plan = await PrunePlan.MakeAsync(layout, new PruneRules { Untagged = true }, TimeProvider.System.GetUtcNow(), Cancelled);
        Assert.DoesNotContain(plan.Items, item => item.IsDeleted);

        await (await PrunePlan.MakeAsync(layout, new PruneRules { Match = "v1" }, TimeProvider.System.GetUtcNow(), Cancelled)).ApplyAsync(Cancelled);
        Assert.Equal(second.Digest, Assert.Single((await layout.ReadEntriesAsync(Cancelled)).Select(entry => entry.Digest)));
    }

    private static ImageSync Sync(ScriptedRegistry source, ScriptedRegistry target) => new(ImageLocation.Parse($"{source.Host}/app:v1"), ImageLocation.Parse($"{target.Host}/app:v1"));

    private static ScriptedReply Digested(string content) => new() { Headers = [$"Docker-Content-Digest: {Digest.Of(System.Text.Encoding.UTF8.GetBytes(content))}"] };
}
