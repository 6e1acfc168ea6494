// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>An image of Oracle's, which Oracle exports into a bucket of the same region.</summary>
internal sealed class ExportedImage(string image, OracleClient client, CopySettings settings) : ICopySource
{
    // Longer ago, Oracle may have forgotten the token, and would export a second time.
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(23);

    public string Image => image;

    public OracleClient Storage => client;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var found = await client.SendAsync(OracleImages.Get(image), cancellationToken).ConfigureAwait(false);
        var state = found.Text("lifecycleState");
        if (state is not ("AVAILABLE" or "EXPORTING")) throw new DriftException(ErrorCode.NotSupported, $"{image} is {state}, not AVAILABLE.", "Wait until it is, or name another image.");
        if (found.Find("compartmentId") is null) throw new DriftException(ErrorCode.NotSupported, $"{image} is one of Oracle's own images, which cannot be exported.", "Copy a custom image: one that was built, or imported.");
        await ImageOrigin.CheckMarketplaceAsync(client, image, found, cancellationToken).ConfigureAwait(false);
    }

    public IEnumerable<OracleRequest> Plan(ObjectPlace place, string id) => [OracleImages.Export(image, place, TokenOf(id, "{token}")), OracleImages.WorkRequest("{work-request}")];

    public async Task StoreAsync(ObjectPlace place, string id, CopyJournal journal, IProgress<CopyStep> progress, CancellationToken cancellationToken)
    {
        var isFresh = journal.Record.Begun is { } begun && TimeProvider.System.GetUtcNow() - begun < TokenLife;
        if (!isFresh && journal.Record.Work is null) await BeginAsync(journal, cancellationToken).ConfigureAwait(false);
        if (journal.Record.Work is null)
        {
            progress.Report(new CopyStep("export", $"{image} is exported to {place.Bucket}/{place.Name}"));
            var answer = await client.SendAsync(OracleImages.Export(image, place, TokenOf(id, journal.Record.Token!)), cancellationToken).ConfigureAwait(false);
            await journal.NoteAsync(record => record with { Work = answer.WorkRequest ?? throw new DriftException(ErrorCode.CloudRefused, "Oracle's answer to the export names no work request.") }, CancellationToken.None).ConfigureAwait(false);
        }
        var work = journal.Record.Work!;
        if (await WaitAsync(work, progress, cancellationToken).ConfigureAwait(false) is not { } problem) return;
        // Part of it may have been written. The next run begins anew.
        await client.FindAsync(OracleObjects.Delete(place), CancellationToken.None).ConfigureAwait(false);
        await BeginAsync(journal, CancellationToken.None).ConfigureAwait(false);
        throw new DriftException(ErrorCode.CloudRefused, $"Oracle could not export {image}: {problem} (work request {work})", "Run it again: it exports anew.");
    }

    public async Task StopAsync(ObjectPlace place, CopyJournal journal, IProgress<CopyStep> progress, CancellationToken cancellationToken)
    {
        // An export cannot be called off: it would write the object after that is deleted.
        if (journal.Record is { Work: { } work, IsStored: false }) await WaitAsync(work, progress, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => client.Dispose();

    private static string TokenOf(string id, string token) => $"drift-{id}-export-{token}";

    private static Task BeginAsync(CopyJournal journal, CancellationToken cancellationToken) =>
        journal.NoteAsync(record => record with { Token = Guid.NewGuid().ToString("n")[..12], Begun = TimeProvider.System.GetUtcNow(), Work = null }, cancellationToken);

    /// <summary>Waits for a work request; null when it succeeds, or else what Oracle says.</summary>
    private Task<string?> WaitAsync(string work, IProgress<CopyStep> progress, CancellationToken cancellationToken) => Polling.UntilAsync<string>("the export", settings, async () =>
    {
        var answer = await client.SendAsync(OracleImages.WorkRequest(work), cancellationToken).ConfigureAwait(false);
        if (answer.Body?["percentComplete"] is { } percent) progress.Report(new CopyStep("export", string.Create(CultureInfo.InvariantCulture, $"{(double)percent:0} % exported")));
        return answer.Text("status") switch
        {
            "SUCCEEDED" => (true, null),
            "FAILED" or "CANCELED" or "CANCELING" => (true, await WhyAsync(client, work, cancellationToken).ConfigureAwait(false)),
            _ => (false, null),
        };
    }, cancellationToken);

    /// <summary>What Oracle says of a work request that failed.</summary>
    internal static async Task<string> WhyAsync(OracleClient client, string work, CancellationToken cancellationToken)
    {
        var errors = await client.ListAsync(OracleImages.WorkErrors(work), cancellationToken).ConfigureAwait(false);
        return errors.Count == 0 ? "it does not say why" : Links.Hide(RegistryAnswer.Printable(string.Join("; ", errors.Select(error => (string?)error["message"] ?? (string?)error["code"]))));
    }
}
