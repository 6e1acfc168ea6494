// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// The index of a manifest's referrers that clients keep under a tag where a registry does not (distribution-spec, "Referrers Tag Schema").
/// A registry changes no tag on condition, so whoever writes looks again, later than anyone who read before the write can overwrite it.
/// </summary>
internal sealed class ReferrerTag(Repository repository, Digest subject)
{
    private const int MaximumAttempts = 20;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromSeconds(2);
    private readonly string _tag = Referrer.TagOf(subject);

    /// <summary>The referrers; none when there is no such tag.</summary>
    public async Task<IReadOnlyList<Descriptor>> ReadAsync(CancellationToken cancellationToken) => (await FindAsync(cancellationToken).ConfigureAwait(false))?.Manifests ?? [];

    /// <summary>Adds a referrer; those that are there stay.</summary>
    public Task AddAsync(Descriptor referrer, CancellationToken cancellationToken) =>
        ChangeAsync(entries => entries.Any(entry => entry.Digest == referrer.Digest) ? null : [.. entries, referrer], cancellationToken);

    /// <summary>Takes a referrer out; the tag goes with the last one.</summary>
    public Task RemoveAsync(Digest referrer, CancellationToken cancellationToken) =>
        ChangeAsync(entries => entries.Any(entry => entry.Digest == referrer) ? [.. entries.Where(entry => entry.Digest != referrer)] : null, cancellationToken);

    /// <param name="change">Makes the new entries of the present ones; null when these are as they should be.</param>
    /// <param name="cancellationToken">Stops the change.</param>
    private async Task ChangeAsync(Func<IReadOnlyList<Descriptor>, IReadOnlyList<Descriptor>?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var index = await FindAsync(cancellationToken).ConfigureAwait(false);
            if (change(index?.Manifests ?? []) is not { } changed) return;
            if (changed.Count == 0) await new TagDeletion(repository).DeleteAsync(_tag, cancellationToken).ConfigureAwait(false);
            else await WriteAsync((index ?? new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] }) with { Manifests = changed }, cancellationToken).ConfigureAwait(false);
            await Task.Delay(Pause(TimeProvider.System.GetElapsedTime(start)), cancellationToken).ConfigureAwait(false);
        }
        throw new DriftException(ErrorCode.RegistryError, $"Others change {repository.Host}/{repository.Name}:{_tag} again and again, which lists what refers to {subject}.", "Try again.") { IsTransient = true };
    }

    private async Task<ImageIndex?> FindAsync(CancellationToken cancellationToken)
    {
        if (await repository.Manifests.FindAsync(_tag, cancellationToken).ConfigureAwait(false) is not { } found) return null;
        var name = $"{repository.Host}/{repository.Name}:{_tag}";
        // Someone else's image is not overwritten.
        if (found.MediaType != MediaTypes.OciIndex) throw new DriftException(ErrorCode.InvalidContent, $"{name} should list what refers to {subject}; it is of the type '{RegistryAnswer.Printable(found.MediaType)}'.", "Give what is there another tag, then take this one away with drift delete.");
        return OciJson.ReadIndex(found.Content, name);
    }

    private async Task WriteAsync(ImageIndex index, CancellationToken cancellationToken)
    {
        var bytes = OciJson.Write(index);
        if (bytes.Length > OciJson.MaximumSize) throw new DriftException(ErrorCode.NotSupported, $"So much refers to {subject} that {repository.Host} takes no list of it.", "Delete referrers that nobody needs, or use a registry that lists referrers by itself.");
        await repository.Manifests.PutAsync(_tag, Descriptor.Of(MediaTypes.OciIndex, bytes), bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A few times as long as it takes to read and write, and at random, so that writers who met do not meet again.</summary>
    private static TimeSpan Pause(TimeSpan elapsed)
    {
        var pause = elapsed * 3 < ShortestPause ? ShortestPause : elapsed * 3 > LongestPause ? LongestPause : elapsed * 3;
#pragma warning disable CA5394 // Spreading clients over time is no secret.
        return pause * (1 + Random.Shared.NextDouble());
#pragma warning restore CA5394
    }
}
