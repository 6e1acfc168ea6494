// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A repository of a registry (distribution-spec 1.1): reads and writes blobs, manifests and tags.</summary>
public sealed class Repository : IReferrerSource, IImageSink
{
    private readonly IReadOnlyList<RegistryConnection> _readFrom;

    internal Repository(RegistryConnection connection, IReadOnlyList<RegistryConnection> mirrors, RepositoryName name)
    {
        Connection = connection;
        _readFrom = [.. mirrors, connection];
        Name = name;
        Manifests = new ManifestRequests(this);
        Blobs = new BlobRequests(this);
    }

    /// <summary>The repository's name inside its registry.</summary>
    public RepositoryName Name { get; }

    /// <summary>The registry's host, as references name it.</summary>
    public string Host => Connection.Host;

    internal RegistryConnection Connection { get; }

    internal ManifestRequests Manifests { get; }

    internal BlobRequests Blobs { get; }

    /// <summary>Whether the registry lists referrers by itself; null before anyone has asked.</summary>
    internal bool? HasReferrersApi { get; private set; }

    /// <summary>The repository of a reference, without credentials. Nothing is sent yet.</summary>
    public static Repository Open(ImageReference reference) => RegistryClient.Anonymous.Open(reference);

    /// <summary>What a tag, or a digest, stands for.</summary>
    /// <param name="target">A tag or a digest, as <see cref="ImageReference.Target"/> gives it.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public Task<Descriptor> ResolveAsync(string target, CancellationToken cancellationToken = default) => Manifests.ResolveAsync(target, cancellationToken);

    /// <summary>The digest that a tag stands for, by one request without a body where the registry tells it; null when there is no such tag.</summary>
    public Task<Digest?> FindDigestAsync(string target, CancellationToken cancellationToken = default) => Manifests.FindDigestAsync(target, cancellationToken);

    /// <summary>Points a tag at a manifest that this repository has.</summary>
    public async Task TagAsync(Descriptor descriptor, string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _ = Tag.Parse(tag);
        await Manifests.PutAsync(tag, descriptor, await ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the repository's tags, each once, in the registry's order.</summary>
    public IAsyncEnumerable<Tag> ListTagsAsync(CancellationToken cancellationToken = default) => new TagListing(this).ReadAsync(cancellationToken);

    /// <summary>
    /// Deletes a tag, and nothing else, or the manifest of a digest with all of its tags. Blobs stay until the registry collects them. A
    /// referrer is taken out of its subject's list first.
    /// </summary>
    /// <param name="target">A tag or a digest.</param>
    /// <param name="cancellationToken">Stops the deletion.</param>
    public async Task DeleteAsync(string target, CancellationToken cancellationToken = default)
    {
        if (!Digest.TryParse(target, out var digest)) _ = Tag.Parse(target);
        else await UnlistAsync(digest, cancellationToken).ConfigureAwait(false);
        await new TagDeletion(this).DeleteAsync(target, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return Blobs.ContainsAsync(descriptor, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default) => new(new BlobUpload(this, wasAsked: expected is not null));

    /// <summary>
    /// Mounts a blob of another repository of the same registry, or of any where the registry finds it by itself (distribution-spec,
    /// "Mounting a blob from another repository").
    /// </summary>
    public ValueTask<bool> TryMountBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return Blobs.TryMountAsync(descriptor, source, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask ReceiveBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(source);
        return Blobs.ReceiveAsync(descriptor, source, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        await Manifests.PutAsync(descriptor.Digest.ToString(), descriptor, content, cancellationToken).ConfigureAwait(false);
        Manifests.Remember(descriptor, content);
        if (Referrer.Read(descriptor, content.Span) is not { } referrer) return;
        // The answer's OCI-Subject is no proof: Docker Hub has sent it without listing anything. Once a repository, the list itself is asked for.
        if (HasReferrersApi is null) await FindReferrersAsync(referrer.Subject, null, cancellationToken).ConfigureAwait(false);
        if (HasReferrersApi == false) await new ReferrerTag(this, referrer.Subject).AddAsync(referrer.Descriptor, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, string? artifactType = null, CancellationToken cancellationToken = default)
    {
        if (HasReferrersApi != false && await FindReferrersAsync(subject, artifactType, cancellationToken).ConfigureAwait(false) is { } listed) return listed;
        var kept = await new ReferrerTag(this, subject).ReadAsync(cancellationToken).ConfigureAwait(false);
        return artifactType is null ? kept : [.. kept.Where(referrer => referrer.ArtifactType == artifactType)];
    }

    /// <inheritdoc/>
    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return Blobs.OpenAsync(descriptor, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return Manifests.ReadAsync(descriptor, cancellationToken);
    }

    /// <summary>Where a path below this repository is in its registry.</summary>
    internal Uri Address(string path) => Address(Connection, path);

    /// <summary>Where a path below this repository is in a registry: its own, or a mirror of that.</summary>
    internal Uri Address(RegistryConnection registry, string path) => new(registry.Address, $"v2/{Name}/{path}");

    /// <summary>Asks the mirrors first and the registry last, whose error counts.</summary>
    internal async Task<T> ReadAsync<T>(Func<RegistryConnection, Task<T>> read)
    {
        foreach (var mirror in _readFrom.SkipLast(1))
        {
            try
            {
                return await read(mirror).ConfigureAwait(false);
            }
            catch (DriftException)
            {
                // The registry itself knows.
            }
        }
        return await read(Connection).ConfigureAwait(false);
    }

    /// <summary>Takes a manifest that is about to go out of its subject's list, where clients keep it.</summary>
    private async Task UnlistAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (await Manifests.FindAsync(digest.ToString(), cancellationToken).ConfigureAwait(false) is not { } found) return;
        if (Referrer.Read(new Descriptor { MediaType = found.MediaType, Digest = digest, Size = found.Content.Length }, found.Content) is not { } referrer) return;
        if (HasReferrersApi is null) await FindReferrersAsync(referrer.Subject, null, cancellationToken).ConfigureAwait(false);
        if (HasReferrersApi == false) await new ReferrerTag(this, referrer.Subject).RemoveAsync(digest, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Descriptor>?> FindReferrersAsync(Digest subject, string? artifactType, CancellationToken cancellationToken)
    {
        var listed = await new ReferrerListing(this, subject).ReadAsync(artifactType, cancellationToken).ConfigureAwait(false);
        HasReferrersApi = listed is not null;
        return listed;
    }
}
