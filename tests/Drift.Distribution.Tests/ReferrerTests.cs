// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>What refers to what: by a registry's API, by the tag that clients keep, and in layouts.</summary>
public sealed class ReferrerTests : DistributionTest
{
    private const string Path = "/v2/app/referrers/";
    private static readonly Digest Subject = Digest.Of("subject"u8);

    [Fact(Timeout = Limit)]
    public async Task The_API_is_read_page_by_page()
    {
        await using var registry = new ScriptedRegistry()
            .On($"GET {Path}{Subject}?n=2", List([Entry("b", "x/sbom")]))
            .On($"GET {Path}{Subject}", List([Entry("a", "x/signature")], $"Link: <{Path}{Subject}?n=2>; rel=\"next\""));
        Assert.Equal([("a", "x/signature"), ("b", "x/sbom")], (await registry.Repository.ListReferrersAsync(Subject, cancellationToken: Cancelled)).Select(entry => (entry.Annotations!["name"], entry.ArtifactType!)));
    }

    [Theory(Timeout = Limit)]
    [InlineData("OCI-Filters-Applied: artifactType", "a b")]
    [InlineData("X-Nothing: 1", "b")]
    public async Task A_filter_that_the_registry_did_not_apply_is_applied_here(string header, string expected)
    {
        // What the registry says that it filtered is taken as it is.
        await using var registry = new ScriptedRegistry().On($"GET {Path}{Subject}?artifactType=x%2Fsbom", List([Entry("a", "x/other"), Entry("b", "x/sbom")], header));
        var listed = await registry.Repository.ListReferrersAsync(Subject, "x/sbom", Cancelled);
        Assert.Equal(expected, string.Join(' ', listed.Select(entry => entry.Annotations!["name"])));
    }

    [Theory(Timeout = Limit)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(200)]
    public async Task Without_the_API_the_tag_is_read(int status)
    {
        await using var registry = new ScriptedRegistry()
            .On($"GET {Path}", ScriptedReply.Error(status, "<html>", "text/html"))
            .Always($"GET /v2/app/manifests/{Referrer.TagOf(Subject)}", List([Entry("a", "x/sbom"), Entry("b", "x/signature")]));
        var repository = registry.Repository;
        Assert.Equal(2, (await repository.ListReferrersAsync(Subject, cancellationToken: Cancelled)).Count);
        Assert.Equal("b", Assert.Single(await repository.ListReferrersAsync(Subject, "x/signature", Cancelled)).Annotations!["name"]);
        // The registry is asked once whether it has the API.
        Assert.Single(registry.Requests, request => request.StartsWith("GET " + Path, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Without_both_there_are_none()
    {
        await using var registry = new ScriptedRegistry().Always("GET", ScriptedReply.Error(404));
        Assert.Empty(await registry.Repository.ListReferrersAsync(Subject, cancellationToken: Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_list_without_end_is_left()
    {
        var page = 0;
        await using var registry = new ScriptedRegistry();
        for (; page < 12; page++) registry.On($"GET {Path}", List([.. Enumerable.Range(page * 1000, 1000).Select(number => Entry(number.ToString(System.Globalization.CultureInfo.InvariantCulture), "x/y"))], $"Link: <{Path}{Subject}?page={page}>; rel=next"));
        AssertContains("without end", (await FailsAsync(ErrorCode.RegistryError, async () => await registry.Repository.ListReferrersAsync(Subject, cancellationToken: Cancelled))).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task An_acknowledged_subject_that_no_API_lists_goes_under_the_tag()
    {
        var (descriptor, content) = Manifest(Subject, "x/sbom", "first");
        var kept = Entry("there before", "x/signature");
        var tag = $"/v2/app/manifests/{Referrer.TagOf(Subject)}";
        await using var registry = new ScriptedRegistry()
            .On($"PUT /v2/app/manifests/{descriptor.Digest}", new ScriptedReply { Status = 201, Headers = [$"OCI-Subject: {Subject}"] })
            .On($"GET {Path}", ScriptedReply.Error(404))
            .On("GET " + tag, List([kept]))
            .On("PUT " + tag, new ScriptedReply { Status = 201 })
            .On("GET " + tag, List([kept, Entry("of another", "x/y")]))
            .On("PUT " + tag, new ScriptedReply { Status = 201 })
            .On("GET " + tag, List([kept, Entry("of another", "x/y"), descriptor]));
        await registry.Repository.WriteManifestAsync(descriptor, content, Cancelled);
        // What another wrote between the two was seen, and kept.
        Assert.Equal(2, registry.Requests.Count(request => request == "PUT " + tag));
    }

    [Theory(Timeout = Limit)]
    [InlineData(MediaTypes.OciManifest, "is of the type")]
    [InlineData(MediaTypes.OciIndex, "is not an image index")]
    public async Task What_is_no_list_is_not_overwritten(string mediaType, string problem)
    {
        var (descriptor, content) = Manifest(Subject, "x/sbom", "first");
        await using var registry = new ScriptedRegistry()
            .On("PUT", new ScriptedReply { Status = 201 })
            .On($"GET {Path}", ScriptedReply.Error(404))
            .On("GET /v2/app/manifests/", ScriptedReply.Manifest("[]"u8.ToArray(), mediaType));
        AssertContains(problem, (await FailsAsync(ErrorCode.InvalidContent, async () => await registry.Repository.WriteManifestAsync(descriptor, content, Cancelled))).Message);
        Assert.Single(registry.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("DIGEST_INVALID", 3)]
    [InlineData("MANIFEST_INVALID", 1)]
    public async Task A_registry_that_looks_at_a_blob_just_then_is_asked_again(string code, int requests)
    {
        var (descriptor, content) = Manifest(Subject, "x/sbom", "first");
        await using var registry = new ScriptedRegistry().Always("PUT", ScriptedReply.Error(400, $$"""{"errors":[{"code":"{{code}}"}]}"""));
        await FailsAsync(ErrorCode.RegistryError, async () => await registry.Repository.WriteManifestAsync(descriptor, content, Cancelled));
        Assert.Equal(requests, registry.Requests.Count);
    }

    [Fact(Timeout = 3 * Limit)]
    public async Task Many_writers_lose_nothing_in_a_registry_without_the_API()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        var subject = await WriteImageAsync($"{registry.Host}/app:v1");
        var manifests = Enumerable.Range(0, 8).Select(number => Manifest(subject.Digest, "x/sbom", $"writer {number}")).ToArray();
        await Task.WhenAll(manifests.Select(async manifest =>
        {
            using var client = new RegistryClient();
            await PushAsync(client.Open(ImageReference.Parse($"{registry.Host}/app")), manifest);
        }));
        var repository = Repository.Open(ImageReference.Parse($"{registry.Host}/app"));
        var listed = await repository.ListReferrersAsync(subject.Digest, cancellationToken: Cancelled);
        Assert.Equal(manifests.Select(manifest => manifest.Descriptor.Digest.ToString()).Order(StringComparer.Ordinal), listed.Select(referrer => referrer.Digest.ToString()).Order(StringComparer.Ordinal));
        Assert.All(listed, referrer => Assert.Equal("x/sbom", referrer.ArtifactType));

        // One goes, and with the last one the tag.
        foreach (var (descriptor, _) in manifests)
        {
            await repository.DeleteAsync(descriptor.Digest.ToString(), Cancelled);
            Assert.DoesNotContain(await repository.ListReferrersAsync(subject.Digest, cancellationToken: Cancelled), referrer => referrer.Digest == descriptor.Digest);
        }
        await FailsAsync(ErrorCode.NotFound, () => repository.ResolveAsync(Referrer.TagOf(subject.Digest), Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task Copies_take_referrers_of_every_manifest_along_and_theirs()
    {
        var layout = Folder.Combine("layout");
        var root = await WriteIndexAsync($"oci:{layout}:v1");
        var source = OciLayout.Open(layout);
        var child = OciJson.ReadIndex((await source.ReadManifestAsync(root, Cancelled)).Span, "").Manifests[1];
        var sbom = Manifest(child.Digest, "x/sbom", "of the child");
        var signature = Manifest(sbom.Descriptor.Digest, "x/signature", "of the SBOM");
        var whole = Manifest(root.Digest, "x/signature", "of the index");
        foreach (var manifest in new[] { sbom, signature, whole }) await PushAsync(source, manifest);
        // Lists of referrers are no images to choose from.
        Assert.Equal(root.Digest, (await OciLayout.Open(layout).ResolveAsync(null, Cancelled)).Digest);

        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        var remote = Repository.Open(ImageReference.Parse($"{registry.Host}/app"));
        await ImageCopy.CopyWithReferrersAsync(source, root, remote, cancellationToken: Cancelled);
        var back = await OciLayout.OpenOrCreateAsync(Folder.Combine("back"), Cancelled);
        await ImageCopy.CopyWithReferrersAsync(remote, root, back, cancellationToken: Cancelled);
        foreach (var store in new IReferrerSource[] { source, remote, back })
        {
            Assert.Equal(sbom.Descriptor.Digest, Assert.Single(await store.ListReferrersAsync(child.Digest, cancellationToken: Cancelled)).Digest);
            Assert.Equal(signature.Descriptor.Digest, Assert.Single(await store.ListReferrersAsync(sbom.Descriptor.Digest, cancellationToken: Cancelled)).Digest);
            Assert.Equal("of the index", Assert.Single(await store.ListReferrersAsync(root.Digest, "x/signature", Cancelled)).Annotations!["name"]);
        }
    }

    private static async Task PushAsync(IImageSink sink, (Descriptor Descriptor, byte[] Content) manifest)
    {
        await sink.WriteBlobAsync(Descriptor.Of(MediaTypes.OciEmpty, "{}"u8), "{}"u8.ToArray(), Cancelled);
        await sink.WriteManifestAsync(manifest.Descriptor, manifest.Content, Cancelled);
    }

    private static (Descriptor Descriptor, byte[] Content) Manifest(Digest subject, string artifactType, string name)
    {
        var content = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = artifactType,
            Config = Descriptor.Of(MediaTypes.OciEmpty, "{}"u8),
            Layers = [Descriptor.Of(MediaTypes.OciEmpty, "{}"u8)],
            Subject = new Descriptor { MediaType = MediaTypes.OciManifest, Digest = subject, Size = 7 },
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = name },
        });
        return (Descriptor.Of(MediaTypes.OciManifest, content), content);
    }

    private static Descriptor Entry(string name, string artifactType) => Descriptor.Of(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(name)) with
    {
        ArtifactType = artifactType,
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = name },
    };

    private static ScriptedReply List(Descriptor[] entries, params string[] headers)
    {
        var reply = ScriptedReply.Manifest(OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries }), MediaTypes.OciIndex);
        return reply with { Headers = [.. reply.Headers, .. headers] };
    }
}
