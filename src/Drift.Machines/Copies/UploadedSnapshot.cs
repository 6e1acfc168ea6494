// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// An AMI, whose snapshot is read block by block, and uploaded as an <c>.oci</c> archive in parts. The archive is never stored: each part is made
/// when it is sent, and those that arrived are not made again.
/// </summary>
internal sealed class UploadedSnapshot(string image, AwsClient aws, OracleClient storage, OracleImageOptions options, bool checksBoot) : ICopySource
{
    private const long SmallestPart = 16 << 20;
    private const int MaximumParts = 9_000;
    private const int Senders = 3;
    private AwsImage? _image;

    public string Image => image;

    public OracleClient Storage => storage;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        _image ??= await AwsImage.FindAsync(aws, image, cancellationToken).ConfigureAwait(false);
        if (_image.Size > OracleImage.LargestDisk) throw new DriftException(ErrorCode.NotSupported, $"The volume of {image} has {_image.Size >> 30} GiB; Oracle imports disks of up to 400 GB.", "Build the image on a smaller volume.");
    }

    public IEnumerable<OracleRequest> Plan(ObjectPlace place, string id) =>
        [OracleObjects.StartUpload(place), OracleObjects.SendPart(place, "{upload}", 1, default), OracleObjects.EndUpload(place, "{upload}", [])];

    public async Task StoreAsync(ObjectPlace place, string id, CopyJournal journal, IProgress<CopyStep> progress, CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        progress.Report(new CopyStep("upload", $"{_image!.Snapshot} of {image}: asking for its blocks"));
        var disk = await SnapshotDisk.OpenAsync(aws, _image.Snapshot, cancellationToken).ConfigureAwait(false);
        await using var _ = disk.ConfigureAwait(false);
        if (checksBoot && await BootCheck.RunAsync(disk, cancellationToken).ConfigureAwait(false) is { } doubt) progress.Report(new CopyStep("upload", doubt));
        var archive = await OracleImageFile.OfAsync(disk, options, cancellationToken).ConfigureAwait(false);
        var partSize = Math.Max(SmallestPart, (archive.Length / MaximumParts + SmallestPart - 1) / SmallestPart * SmallestPart);
        var (upload, sent) = await OpenAsync(place, journal, archive.Length, partSize, cancellationToken).ConfigureAwait(false);
        if (upload is null) return;
        var count = (int)((archive.Length + partSize - 1) / partSize);
        var arrived = sent.Sum(part => LengthOf(part.Key, archive.Length, partSize));
        progress.Report(Sent(arrived, archive.Length));
        await Parallel.ForEachAsync(Enumerable.Range(1, count).Where(number => !sent.ContainsKey(number)), new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellationToken }, async (number, cancelled) =>
        {
            var part = new byte[LengthOf(number, archive.Length, partSize)];
            await archive.ReadAsync((number - 1) * partSize, part, cancelled).ConfigureAwait(false);
            var answer = await storage.SendAsync(OracleObjects.SendPart(place, upload, number, part), cancelled).ConfigureAwait(false);
            lock (sent) sent[number] = answer.ETag ?? throw new DriftException(ErrorCode.CloudRefused, "Oracle's answer to a part has no ETag.");
            progress.Report(Sent(Interlocked.Add(ref arrived, part.Length), archive.Length));
        }).ConfigureAwait(false);
        var parts = new JsonArray([.. sent.Select(part => (JsonNode)new JsonObject { ["partNum"] = part.Key, ["etag"] = part.Value })]);
        await storage.SendAsync(OracleObjects.EndUpload(place, upload, parts), cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(ObjectPlace place, CopyJournal journal, IProgress<CopyStep> progress, CancellationToken cancellationToken) => await DropAsync(place, cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        aws.Dispose();
        storage.Dispose();
    }

    /// <summary>The upload to go on with and the parts that it has; no upload when the object is whole already.</summary>
    private async Task<(string? Upload, SortedDictionary<int, string> Sent)> OpenAsync(ObjectPlace place, CopyJournal journal, long length, long partSize, CancellationToken cancellationToken)
    {
        var sent = new SortedDictionary<int, string>();
        if (journal.Record.Upload is { } known)
        {
            var parts = await storage.FindAsync(OracleObjects.ListParts(place, known), cancellationToken).ConfigureAwait(false);
            // It is over: an earlier process has ended it, and was stopped before it could say so. Whether the object is there is asked next.
            if (parts is null) return (null, sent);
            foreach (var part in await storage.ListAsync(OracleObjects.ListParts(place, known), cancellationToken).ConfigureAwait(false))
            {
                if ((int?)part["partNumber"] is { } number && (long?)part["size"] == LengthOf(number, length, partSize) && (string?)part["etag"] is { } tag) sent[number] = tag;
            }
            return (known, sent);
        }
        await DropAsync(place, cancellationToken).ConfigureAwait(false);
        var upload = (await storage.SendAsync(OracleObjects.StartUpload(place), cancellationToken).ConfigureAwait(false)).Text("uploadId");
        await journal.NoteAsync(record => record with { Upload = upload }, CancellationToken.None).ConfigureAwait(false);
        return (upload, sent);
    }

    /// <summary>Drops uploads of this object that nobody goes on with: their parts cost as objects do.</summary>
    private async Task DropAsync(ObjectPlace place, CancellationToken cancellationToken)
    {
        foreach (var upload in await storage.ListAsync(OracleObjects.ListUploads(place), cancellationToken).ConfigureAwait(false))
        {
            if ((string?)upload["object"] == place.Name && (string?)upload["uploadId"] is { } id) await storage.FindAsync(OracleObjects.DropUpload(place, id), cancellationToken).ConfigureAwait(false);
        }
    }

    private static long LengthOf(int number, long length, long partSize) => Math.Clamp(length - (number - 1) * partSize, 0, partSize);

    private static CopyStep Sent(long arrived, long length) => new("upload", string.Create(CultureInfo.InvariantCulture, $"{arrived >> 20} of {length >> 20} MiB"));
}
