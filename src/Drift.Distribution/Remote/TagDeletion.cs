// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Deletes manifests and tags (distribution-spec, "Content Management").</summary>
internal sealed class TagDeletion(Repository repository)
{
    private static readonly byte[] EmptyConfig = "{}"u8.ToArray();

    public async Task DeleteAsync(string target, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteOneAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException e) when (e.Status is HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest && !Digest.TryParse(target, out _))
        {
            await DeleteTagAloneAsync(target, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Where a registry deletes by digest only, the image's digest would take all of its tags along. So the tag is moved to a manifest of its
    /// own first, which is then deleted.
    /// </summary>
    private async Task DeleteTagAloneAsync(string tag, CancellationToken cancellationToken)
    {
        // There must be such a tag, or this would make one.
        await repository.ResolveAsync(tag, cancellationToken).ConfigureAwait(false);
        var config = Descriptor.Of(MediaTypes.OciConfig, EmptyConfig);
        await ((IImageSink)repository).WriteBlobAsync(config, EmptyConfig, cancellationToken).ConfigureAwait(false);
        var bytes = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = config,
            Layers = [],
            // Nobody else's manifest has this digest.
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["images.drift.deleted"] = Guid.NewGuid().ToString("n") },
        });
        var placeholder = Descriptor.Of(MediaTypes.OciManifest, bytes);
        await repository.WriteManifestAsync(placeholder, bytes, cancellationToken).ConfigureAwait(false);
        // A registry that deletes nothing would leave the tag where it is moved to: this is tried before it moves.
        await DeleteOneAsync(placeholder.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        await repository.WriteManifestAsync(placeholder, bytes, cancellationToken).ConfigureAwait(false);
        await repository.TagAsync(placeholder, tag, cancellationToken).ConfigureAwait(false);
        await DeleteOneAsync(placeholder.Digest.ToString(), cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteOneAsync(string target, CancellationToken cancellationToken)
    {
        var registry = repository.Connection;
        var request = new RegistryRequest(HttpMethod.Delete, repository.Address($"manifests/{target}"), TokenScope.Delete(repository.Name), HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NoContent);
        try
        {
            using var response = await registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException e) when (e.Status == HttpStatusCode.MethodNotAllowed && Digest.TryParse(target, out _))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{registry.Host} does not delete.", "Ask those who run it to allow that; distribution's registry does with REGISTRY_STORAGE_DELETE_ENABLED=true.", e);
        }
    }
}
