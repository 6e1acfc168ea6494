// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Finds out which images are meant: <c>drift://PATH</c> is built and pushed, a tag is looked up in its registry. Each is asked for once, several at once.
/// </summary>
/// <param name="registries">Speaks to the registries.</param>
/// <param name="buildAsync">Builds the folder of a <c>drift://PATH</c>, pushes its image, and returns its reference with the digest, and its platforms.</param>
public sealed class ImageResolver(RegistryClient registries, Func<string, CancellationToken, Task<ResolvedImage>> buildAsync)
{
    /// <summary>What an image begins with that is built from a folder.</summary>
    public const string Scheme = "drift://";

    private const int AtOnce = 8;

    /// <summary>Finds out which images a file means.</summary>
    /// <param name="files">The files.</param>
    /// <param name="readPlatforms">Whether the platforms are wanted; what has a digest already is asked for only then.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The images by how they are written, in the order of the files.</returns>
    /// <exception cref="DriftException">One is no reference, is not there, or cannot be built.</exception>
    public async Task<IReadOnlyList<ResolvedImage>> ResolveAsync(IEnumerable<ObjectFile> files, bool readPlatforms, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        var fields = files.SelectMany(file => file.Images).DistinctBy(field => field.Value, StringComparer.Ordinal).ToList();
        // A mistake in the last file is told before anything is built.
        var wanted = fields.ConvertAll(field => (Field: field, Reference: field.Value.StartsWith(Scheme, StringComparison.Ordinal) ? null : Parse(field)));
        var resolved = new ConcurrentDictionary<string, ResolvedImage>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted.Where(image => image.Reference is not null), options, async (image, token) =>
        {
            resolved[image.Field.Value] = await LookUpAsync(image.Field, image.Reference!, readPlatforms, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        // A build uses the whole machine.
        foreach (var (field, _) in wanted.Where(image => image.Reference is null))
        {
            resolved[field.Value] = await buildAsync(field.Value[Scheme.Length..], cancellationToken).ConfigureAwait(false) with { Written = field.Value };
        }
        return fields.ConvertAll(field => resolved[field.Value]);
    }

    private static ImageReference Parse(YamlField field)
    {
        try
        {
            return ImageReference.Parse(field.Value);
        }
        catch (ReferenceException e)
        {
            throw field.Error(e.Message, e.Hint ?? "Write it as HOST/REPOSITORY:TAG.");
        }
    }

    private async Task<ResolvedImage> LookUpAsync(YamlField field, ImageReference reference, bool readPlatforms, CancellationToken cancellationToken)
    {
        if (reference.Digest is not null && !readPlatforms) return new ResolvedImage(field.Value, field.Value, []);
        try
        {
            var repository = registries.Open(reference);
            var root = await repository.ResolveAsync(reference.Target, cancellationToken).ConfigureAwait(false);
            // The tag stays for those who read it; engines go by the digest alone.
            var pinned = reference.Digest is null ? $"{field.Value}@{root.Digest}" : field.Value;
            return new ResolvedImage(field.Value, pinned, readPlatforms ? await PlatformsAsync(repository, root, cancellationToken).ConfigureAwait(false) : []);
        }
        catch (DriftException e) when (reference.Digest is not null && e.Code is ErrorCode.RegistryUnreachable)
        {
            // The cluster may reach a registry that this machine does not; which image is meant is known.
            return new ResolvedImage(field.Value, field.Value, []);
        }
        catch (DriftException e)
        {
            throw new DriftException(e.Code, $"{field.Position}: {e.Message}", e.Hint, e);
        }
    }

    private static async Task<IReadOnlyList<Platform>> PlatformsAsync(Repository repository, Descriptor root, CancellationToken cancellationToken) =>
        MediaTypes.IsIndex(root.MediaType)
            ? [.. (await MultiPlatformImage.FromAsync(repository, root, cancellationToken).ConfigureAwait(false)).Images.Select(image => image.Platform)]
            : [(await Image.FromAsync(repository, root, cancellationToken).ConfigureAwait(false)).Platform];
}
