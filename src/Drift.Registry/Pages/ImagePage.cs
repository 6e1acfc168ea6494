// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/r/NAME:TAG</c> and <c>/r/NAME@DIGEST</c>: an image, an index of images, or an artifact.</summary>
internal sealed class ImagePage(RegistryStorage storage, Visitor visitor, RequestTarget target)
{
    private const int MaximumTags = 1000; // Each costs a look at a file.
    private readonly RepositoryName _name = target.Repository;
    private readonly PageReader _reader = new(storage, target.Repository);
    private readonly HtmlWriter _html = new();

    /// <exception cref="RefusedRequestException">The repository shows nothing by this tag or digest.</exception>
    public async Task<byte[]> RenderAsync(HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        Digest? known = Digest.TryParse(target.Reference, out var given) ? given
            : Tag.TryParse(target.Reference, out var tag) ? storage.Repositories.FindTag(_name, tag)
            : null;
        if (known is not { } digest || await _reader.FindManifestAsync(digest, cancellationToken).ConfigureAwait(false) is not { } manifest)
            throw new RefusedRequestException(DistributionError.ManifestUnknown, target.Reference);

        var isTag = target.Reference != digest.ToString();
        PageFrame.Begin(_html, isTag ? $"{_name}:{target.Reference}" : $"{_name}@{target.Reference[..19]}", visitor, _name.ToString());
        var references = ManifestReferences.Read(manifest.Content);
        try
        {
            if (MediaTypes.IsIndex(manifest.MediaType)) await WriteIndexAsync(request, manifest, references, isTag).ConfigureAwait(false);
            else await WriteManifestAsync(request, manifest, references, isTag).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            // What a registry accepts is more than what the image specification knows.
            WriteFacts(manifest, references, "A manifest of another kind");
            _html.Write($"<p>{e.Message}</p>\n");
        }
        FactList.Write(_html, "Annotations", references.Annotations);
        ReferrerList.Write(_html, _name, digest, storage.Manifests.ListReferrers(_name, digest));
        return PageFrame.End(_html);
    }

    private async Task WriteIndexAsync(HttpRequest request, StoredManifest manifest, ManifestReferences references, bool isTag)
    {
        var index = OciJson.ReadIndex(manifest.Content.Span, manifest.Digest.ToString());
        WriteFacts(manifest, references, "An index of images");
        WriteCommands(manifest.Digest, isTag, isImage: true);
        await IndexTable.WriteAsync(_html, _name, _reader, new PageSlice<Descriptor>(request, index.Manifests, IndexTable.PageSize), request.HttpContext.RequestAborted).ConfigureAwait(false);
    }

    private async Task WriteManifestAsync(HttpRequest request, StoredManifest manifest, ManifestReferences references, bool isTag)
    {
        var image = OciJson.ReadManifest(manifest.Content.Span, manifest.Digest.ToString());
        var config = await _reader.FindConfigAsync(image, request.HttpContext.RequestAborted).ConfigureAwait(false);
        var isImage = MediaTypes.IsConfig(image.Config.MediaType);
        var size = ByteSize.Of(ImageSummary.SizeOf(image));
        WriteFacts(manifest, references, isImage ? $"An image{(config is null ? "" : $" for {config.Platform}")}, {size} compressed" : $"An artifact, {size}", config);
        WriteCommands(manifest.Digest, isTag, isImage);
        LayerList.Write(_html, _name, image, config, new PageSlice<Descriptor>(request, image.Layers, LayerList.PageSize));
        if (config is not null) ConfigFacts.Write(_html, config);
    }

    private void WriteFacts(StoredManifest manifest, ManifestReferences references, string kind, ImageConfig? config = null)
    {
        _html.Write($"""<p class="lead">{kind}</p><dl class="facts"><div><dt>Digest</dt><dd><code class="whole">{manifest.Digest}</code> <button type="button" hidden data-copy="{manifest.Digest}" aria-label="Copy the digest">Copy</button></dd></div>""");
        if (TagsOf(manifest.Digest) is { Count: > 0 } tags)
        {
            _html.Write($"<div><dt>Tags</dt><dd>");
            foreach (var tag in tags) _html.Write($"""<a href="/r/{_name}:{tag}">{tag}</a> """);
            _html.Write($"</dd></div>");
        }
        if (config is not null)
        {
            _html.Write($"<div><dt>Created</dt><dd>");
            CreationTime.Write(_html, config.Created);
            _html.Write($"</dd></div>");
        }
        _html.Write($"<div><dt>Media type</dt><dd><code>{manifest.MediaType}</code></dd></div>");
        if (references.ArtifactType is { } type && !MediaTypes.IsConfig(type)) _html.Write($"<div><dt>Artifact type</dt><dd><code>{type}</code></dd></div>");
        if (references.Subject is { } subject) _html.Write($"""<div><dt>Refers to</dt><dd><a href="/r/{_name}@{subject}"><code class="whole">{subject}</code></a></dd></div>""");
        _html.Write($"""<div><dt>Manifest</dt><dd><a href="/v2/{_name}/manifests/{manifest.Digest}">JSON, {ByteSize.Of(manifest.Content.Length)}</a></dd></div></dl>""");
    }

    private void WriteCommands(Digest digest, bool isTag, bool isImage)
    {
        _html.Write($"""<section aria-labelledby="pull"><h2 id="pull">Pull</h2>""");
        if (isTag)
        {
            WriteCommands($":{target.Reference}", isImage);
            _html.Write($"<details><summary>By digest: these bytes, wherever the tag goes</summary>");
        }
        WriteCommands($"@{digest}", isImage);
        if (isTag) _html.Write($"</details>");
        _html.Write($"</section>\n");
    }

    private void WriteCommands(string reference, bool isImage)
    {
        _html.Write($"""<ul class="commands">""");
        foreach (var command in PullCommands.Of(visitor, _name, reference, isImage)) CopyButton.WriteCommand(_html, command);
        _html.Write($"</ul>");
    }

    private List<string> TagsOf(Digest digest) =>
        [.. (storage.Repositories.ListTags(_name) ?? []).Take(MaximumTags).Where(tag => storage.Repositories.FindTag(_name, Tag.Parse(tag)) == digest).OrderDescending(TagOrder.Instance)];
}
