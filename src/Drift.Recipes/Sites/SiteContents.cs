// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The bodies of a site, each read once, on all cores: also when the site is laid out several times.</summary>
internal sealed class SiteContents
{
    private readonly ConcurrentDictionary<ContentSource, SiteContent> _contents = new(ReferenceEqualityComparer.Instance);
    private readonly SiteSpool _spool = new();

    internal SiteContent this[SiteFile file] => _contents[file.Content];

    /// <summary>Reads those files that are not known yet.</summary>
    /// <exception cref="DriftException">One cannot be read, or changes its length.</exception>
    internal async Task ReadAsync(IReadOnlyList<SiteFile> files, CancellationToken cancellationToken)
    {
        var distinct = files.DistinctBy(file => file.Content, ReferenceEqualityComparer.Instance).ToList();
        var total = distinct.Where(SiteCompression.IsFor).Sum(file => file.Length);
        var compressors = new ConcurrentBag<SiteCompressor>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        // The largest first: the last to be ready should be a small one.
        var unknown = distinct.Where(file => !_contents.ContainsKey(file.Content)).OrderByDescending(file => file.Length);
        try
        {
            await Parallel.ForEachAsync(unknown, parallel, async (file, cancelled) =>
            {
                if (!compressors.TryTake(out var compressor)) compressor = new SiteCompressor(_spool);
                var quality = SiteCompression.IsFor(file) ? SiteCompression.Quality(file.Length, total) : 0;
                // One that fails is in the middle of a body, and is not used again.
                _contents[file.Content] = await compressor.ReadAsync(file, quality, cancelled).ConfigureAwait(false);
                compressors.Add(compressor);
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (var compressor in compressors) compressor.Dispose();
        }
    }
}
