// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// Copies an image into a compartment of Oracle's: into a bucket, through a link to an import, and nothing of it is left. Every step is noted
/// before it is begun, so that whoever runs the same again goes on, after whatever ended it.
/// </summary>
internal sealed class ImageCopy(ICopySource source, OracleClient destination, CopySettings settings, IProgress<CopyStep> progress)
{
    /// <summary>The tags that name the copy and its source on the new image; by the first, the next run finds it.</summary>
    public const string CopyTag = "drift-copy", SourceTag = "drift-source";

    private static readonly TimeSpan CleaningLimit = TimeSpan.FromMinutes(1);
    private readonly ImportedImage _import = new(destination, settings, progress);

    /// <summary>Copies, or goes on with it.</summary>
    /// <returns>The new image's OCID.</returns>
    /// <exception cref="DriftException">It cannot be done: then nothing is left of it but what the message names.</exception>
    public async Task<string> RunAsync(CopyJournal journal, CancellationToken cancellationToken)
    {
        var tags = new JsonObject { [CopyTag] = settings.Id, [SourceTag] = source.Image };
        if (await _import.FindAsync(cancellationToken).ConfigureAwait(false) is not { } image)
        {
            var place = await PrepareAsync(journal, cancellationToken).ConfigureAwait(false);
            try
            {
                await StoreAsync(place, journal, cancellationToken).ConfigureAwait(false);
                var link = await new ObjectLink(source.Storage, place, settings).CreateAsync(progress, cancellationToken).ConfigureAwait(false);
                image = await _import.StartAsync(link, tags, journal, cancellationToken).ConfigureAwait(false);
                await _import.WaitAsync(image, journal, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                await LeaveAsync(e, place, journal).ConfigureAwait(false);
                throw;
            }
        }
        else await ContinueAsync(image, journal, cancellationToken).ConfigureAwait(false);
        await _import.CompleteAsync(image, cancellationToken).ConfigureAwait(false);
        await CleanAsync(journal, cancellationToken).ConfigureAwait(false);
        return image;
    }

    /// <summary>What <see cref="RunAsync"/> would ask for, after it has checked that it can.</summary>
    public async Task<IReadOnlyList<OracleRequest>> PlanAsync(CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(cancellationToken).ConfigureAwait(false);
        await CheckAsync(place, cancellationToken).ConfigureAwait(false);
        var tags = new JsonObject { [CopyTag] = settings.Id, [SourceTag] = source.Image };
        return
        [
            .. source.Plan(place, settings.Id),
            .. ObjectLink.Plan(place, settings),
            .. _import.Plan(tags),
            OracleObjects.DeleteLink(place, "{link-id}"),
            OracleObjects.Delete(place),
        ];
    }

    /// <summary>Gives a copy up: removes all that it has made but a finished image.</summary>
    public async Task AbortAsync(CopyJournal journal, CancellationToken cancellationToken)
    {
        if (await _import.FindAsync(cancellationToken).ConfigureAwait(false) is { } image && !await _import.IsAvailableAsync(image, cancellationToken).ConfigureAwait(false)) await _import.DeleteAsync(image, cancellationToken).ConfigureAwait(false);
        if (journal.Record.Place is { } place) await source.StopAsync(place, journal, progress, cancellationToken).ConfigureAwait(false);
        await CleanAsync(journal, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ObjectPlace> PrepareAsync(CopyJournal journal, CancellationToken cancellationToken)
    {
        if (journal.Record.Place is { } known) return known;
        progress.Report(new CopyStep("check", $"{source.Image} and the bucket {settings.Bucket}"));
        var place = await PlaceAsync(cancellationToken).ConfigureAwait(false);
        await CheckAsync(place, cancellationToken).ConfigureAwait(false);
        await journal.NoteAsync(record => record with { Place = place }, cancellationToken).ConfigureAwait(false);
        return place;
    }

    private async Task<ObjectPlace> PlaceAsync(CancellationToken cancellationToken)
    {
        var space = settings.Namespace ?? (string?)(await source.Storage.SendAsync(OracleObjects.Namespace(), cancellationToken).ConfigureAwait(false)).Body;
        return new ObjectPlace(space ?? throw new DriftException(ErrorCode.CloudRefused, "Oracle does not name the tenancy's namespace."), settings.Bucket, settings.ObjectName ?? $"drift-{settings.Id}.oci");
    }

    private async Task CheckAsync(ObjectPlace place, CancellationToken cancellationToken)
    {
        await source.CheckAsync(cancellationToken).ConfigureAwait(false);
        if (await source.Storage.FindAsync(OracleObjects.Bucket(place), cancellationToken).ConfigureAwait(false) is null)
        {
            throw new DriftException(ErrorCode.NotFound, $"There is no bucket {place.Bucket} in {place.Namespace} at {source.Storage.Access.Region}, or the user may not see it.", "Make it, in the region of the image, or name another with --bucket.");
        }
        if (await SizeAsync(place, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new DriftException(ErrorCode.NotSupported, $"The bucket {place.Bucket} has an object {place.Name} already, which no copy that is known here has made.", "Remove it, or name another one with --object.");
        }
    }

    private async Task StoreAsync(ObjectPlace place, CopyJournal journal, CancellationToken cancellationToken)
    {
        if (!journal.Record.IsStored) await source.StoreAsync(place, settings.Id, journal, progress, cancellationToken).ConfigureAwait(false);
        if (await SizeAsync(place, cancellationToken).ConfigureAwait(false) is not > 0)
        {
            await journal.NoteAsync(record => record with { IsStored = false, Work = null, Upload = null, Begun = null }, CancellationToken.None).ConfigureAwait(false);
            throw new DriftException(ErrorCode.CloudRefused, $"{place.Bucket}/{place.Name} should have the image, and is not there.", "Run it again: it is made anew. See that no rule of the bucket deletes it.");
        }
        await journal.NoteAsync(static record => record with { IsStored = true }, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<long?> SizeAsync(ObjectPlace place, CancellationToken cancellationToken)
    {
        var answer = await source.Storage.FindAsync(OracleObjects.Find(place), cancellationToken).ConfigureAwait(false);
        return (answer?.Body?["objects"] as JsonArray ?? []).Where(item => (string?)item?["name"] == place.Name).Select(item => (long?)item?["size"] ?? 0).Cast<long?>().FirstOrDefault();
    }

    /// <summary>An image of this copy is there: it may still be coming.</summary>
    private async Task ContinueAsync(string image, CopyJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            await _import.WaitAsync(image, journal, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (journal.Record.Place is not null)
        {
            await LeaveAsync(e, journal.Record.Place, journal).ConfigureAwait(false);
            throw;
        }
    }

    private async Task CleanAsync(CopyJournal journal, CancellationToken cancellationToken)
    {
        if (journal.Record.Place is { } place)
        {
            progress.Report(new CopyStep("clean", $"{place.Bucket}/{place.Name} and its link are deleted"));
            await new ObjectLink(source.Storage, place, settings).DeleteAsync(cancellationToken).ConfigureAwait(false);
            await source.Storage.FindAsync(OracleObjects.Delete(place), cancellationToken).ConfigureAwait(false);
        }
        journal.End();
    }

    /// <summary>
    /// Cleans up after a failure, as far as the cloud still answers. The link goes whatever happened; the object stays for the next run when
    /// waiting may help, or when it is asked for.
    /// </summary>
    private async Task LeaveAsync(Exception failure, ObjectPlace place, CopyJournal journal)
    {
        using var limit = new CancellationTokenSource(CleaningLimit);
        try
        {
            await new ObjectLink(source.Storage, place, settings).DeleteAsync(limit.Token).ConfigureAwait(false);
            if (settings.KeepsObject || failure is OperationCanceledException or DriftException { IsTransient: true } || journal.Record is { Work: not null, IsStored: false })
            {
                progress.Report(new CopyStep("clean", "The link is deleted. Run it again to go on, or with --abort to remove the rest."));
                return;
            }
            await source.StopAsync(place, journal, progress, limit.Token).ConfigureAwait(false);
            await CleanAsync(journal, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DriftException or OperationCanceledException)
        {
            progress.Report(new CopyStep("clean", $"Cleaning up failed too: {e.Message} {journal.Path} knows what is left; run it again, or with --abort."));
        }
    }
}
