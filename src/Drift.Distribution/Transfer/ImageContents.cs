// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Finds everything that images are made of: indexes, manifests, configs and layers, each once, whoever shares it.</summary>
internal sealed class ImageContents(IImageSource source)
{
    // No image has so many; a hostile list would go on.
    private const int MaximumReferrers = 10_000;
    private readonly HashSet<Digest> _digests = [];
    private readonly List<Descriptor> _all = [];
    private readonly List<Descriptor> _blobs = [];
    private readonly List<Descriptor> _manifests = [];

    /// <summary>What was found, in the order in which it was: what points before what it points at.</summary>
    public IReadOnlyList<Descriptor> All => _all;

    /// <summary>The configs and layers.</summary>
    public IReadOnlyList<Descriptor> Blobs => _blobs;

    /// <summary>The manifests and indexes, each after all that it needs.</summary>
    public IReadOnlyList<Descriptor> Manifests => _manifests;

    public bool Contains(Digest digest) => _digests.Contains(digest);

    /// <summary>Adds a manifest, or an index and all it lists. Layers that do not travel with their image are left out.</summary>
    /// <exception cref="DriftException">A manifest is missing, cannot be read, or is of a type whose parts are not known.</exception>
    public Task AddAsync(Descriptor root, CancellationToken cancellationToken) => AddAsync(root, depth: 0, cancellationToken);

    /// <summary>Adds all that refers to the manifests that are here, and what refers to that. What a list names and nobody has is left out.</summary>
    /// <exception cref="DriftException">There are too many referrers, or one cannot be read.</exception>
    public async Task AddReferrersAsync(IReferrerSource referrers, CancellationToken cancellationToken)
    {
        var count = 0;
        // The list grows by what is found: each referrer comes after its subject, and is asked about in its turn.
        for (var i = 0; i < _manifests.Count; i++)
        {
            foreach (var referrer in await referrers.ListReferrersAsync(_manifests[i].Digest, null, cancellationToken).ConfigureAwait(false))
            {
                if (++count > MaximumReferrers) throw new DriftException(ErrorCode.NotSupported, $"More than {MaximumReferrers} manifests refer to this image, or to what refers to it.", "Copy the image without its referrers, and of these the ones that are needed.");
                if (Contains(referrer.Digest) || !await ExistsAsync(referrer, cancellationToken).ConfigureAwait(false)) continue;
                await AddAsync(referrer, depth: 0, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> ExistsAsync(Descriptor manifest, CancellationToken cancellationToken)
    {
        try
        {
            await source.ReadManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotFound)
        {
            return false;
        }
    }

    private async Task AddAsync(Descriptor descriptor, int depth, CancellationToken cancellationToken)
    {
        if (depth > ImageCopy.MaximumDepth) throw ImageCopy.TooDeep(descriptor);
        var isIndex = MediaTypes.IsIndex(descriptor.MediaType);
        if (!isIndex && !MediaTypes.IsManifest(descriptor.MediaType)) throw ImageCopy.NeitherImageNorIndex(descriptor);
        if (!Add(descriptor)) return;
        var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (isIndex)
        {
            foreach (var entry in OciJson.ReadIndex(bytes.Span, descriptor.Digest.ToString()).Manifests) await AddAsync(entry, depth + 1, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var manifest = OciJson.ReadManifest(bytes.Span, descriptor.Digest.ToString());
            foreach (var blob in manifest.Layers.Prepend(manifest.Config))
            {
                if (!MediaTypes.IsForeignLayer(blob.MediaType) && Add(blob)) _blobs.Add(blob);
            }
        }
        _manifests.Add(descriptor);
    }

    private bool Add(Descriptor descriptor)
    {
        if (!_digests.Add(descriptor.Digest)) return false;
        _all.Add(descriptor);
        return true;
    }
}
