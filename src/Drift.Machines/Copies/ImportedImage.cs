// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>The new image: found by its tag, imported once, and given what Oracle needs to start it on Arm.</summary>
internal sealed class ImportedImage(OracleClient client, CopySettings settings, IProgress<CopyStep> progress)
{
    private const int MaximumUnseen = 5;

    // What an Arm machine starts with; a region may lack some of the values.
    private static readonly (string Name, string Value)[] Capabilities =
    [
        ("Compute.Firmware", "UEFI_64"), ("Compute.LaunchMode", "PARAVIRTUALIZED"), ("Network.AttachmentType", "PARAVIRTUALIZED"),
        ("Storage.BootVolumeType", "PARAVIRTUALIZED"), ("Storage.RemoteDataVolumeType", "PARAVIRTUALIZED"),
    ];

    public IEnumerable<OracleRequest> Plan(JsonObject tags) =>
    [
        OracleImages.Import(settings.Compartment, settings.Name, "{link}", tags, TokenOf("{link-hash}")),
        OracleImages.Get("{image}"),
        .. settings.Shapes.Select(shape => OracleImages.AddShape("{image}", shape)),
        OracleImages.ListCapabilities(settings.Compartment, "{image}"),
        OracleImages.CreateCapabilities(settings.Compartment, "{image}", "{version}", Schema(new JsonObject()), TokenOf("{image-hash}")),
    ];

    /// <summary>The image that this copy has made, or is making; null when there is none.</summary>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        var images = await client.ListAsync(OracleImages.List(settings.Compartment, settings.Name), cancellationToken).ConfigureAwait(false);
        return images.Where(image => (string?)image["freeformTags"]?[ImageCopy.CopyTag] == settings.Id && (string?)image["lifecycleState"] is not ("DELETED" or "DISABLED")).Select(image => (string?)image["id"]).FirstOrDefault();
    }

    public async Task<bool> IsAvailableAsync(string image, CancellationToken cancellationToken) => (await client.SendAsync(OracleImages.Get(image), cancellationToken).ConfigureAwait(false)).Text("lifecycleState") == "AVAILABLE";

    public async Task DeleteAsync(string image, CancellationToken cancellationToken) => await client.FindAsync(OracleImages.Delete(image), cancellationToken).ConfigureAwait(false);

    /// <summary>Begins the import.</summary>
    public async Task<string> StartAsync(string link, JsonObject tags, CopyJournal journal, CancellationToken cancellationToken)
    {
        progress.Report(new CopyStep("import", $"{settings.Name} in {settings.Compartment}"));
        // Another link makes another request, which the same token may not name.
        var answer = await client.SendAsync(OracleImages.Import(settings.Compartment, settings.Name, link, tags, TokenOf(HashOf(link))), cancellationToken).ConfigureAwait(false);
        await journal.NoteAsync(record => record with { Import = answer.WorkRequest }, CancellationToken.None).ConfigureAwait(false);
        return answer.Text("id");
    }

    /// <summary>Waits until the image is there. One that failed is deleted.</summary>
    /// <exception cref="DriftException">The import failed; the message has Oracle's reason.</exception>
    public async Task WaitAsync(string image, CopyJournal journal, CancellationToken cancellationToken)
    {
        string? shown = null;
        var unseen = 0;
        var end = await Polling.UntilAsync("the import", settings, async () =>
        {
            var answer = await client.FindAsync(OracleImages.Get(image), cancellationToken).ConfigureAwait(false);
            // What has just been made may not be seen everywhere yet.
            var state = answer?.Text("lifecycleState") ?? (++unseen < MaximumUnseen ? "PROVISIONING" : "DELETED");
            if (state != shown) progress.Report(new CopyStep("import", $"{image} is {shown = state}"));
            return (state is not ("PROVISIONING" or "IMPORTING"), state);
        }, cancellationToken).ConfigureAwait(false);
        if (end is "AVAILABLE" or "EXPORTING") return;
        var why = journal.Record.Import is { } work ? await ExportedImage.WhyAsync(client, work, cancellationToken).ConfigureAwait(false) : "it does not say why";
        await DeleteAsync(image, CancellationToken.None).ConfigureAwait(false);
        throw new DriftException(ErrorCode.CloudRefused, $"Oracle could not import {image}, which is {end}: {why}", "Run it again; --keep leaves the object for the next run.");
    }

    /// <summary>Adds shapes and capabilities; what the archive brought already stays.</summary>
    public async Task CompleteAsync(string image, CancellationToken cancellationToken)
    {
        progress.Report(new CopyStep("shape", string.Join(", ", settings.Shapes)));
        foreach (var shape in settings.Shapes) await client.SendAsync(OracleImages.AddShape(image, shape), cancellationToken).ConfigureAwait(false);
        if ((await client.ListAsync(OracleImages.ListCapabilities(settings.Compartment, image), cancellationToken).ConfigureAwait(false)).Count > 0) return;
        var schemas = await client.ListAsync(OracleImages.ListGlobalCapabilities(), cancellationToken).ConfigureAwait(false);
        if (schemas.FirstOrDefault() is not JsonObject global || (string?)global["id"] is not { } schema || (string?)global["currentVersionName"] is not { } version) return;
        var values = (await client.SendAsync(OracleImages.GlobalCapabilities(schema, version), cancellationToken).ConfigureAwait(false)).Body?["schemaData"] as JsonObject ?? [];
        progress.Report(new CopyStep("capabilities", "UEFI, paravirtualised devices"));
        await client.SendAsync(OracleImages.CreateCapabilities(settings.Compartment, image, version, Schema(values), TokenOf(HashOf(image))), cancellationToken).ConfigureAwait(false);
    }

    private string TokenOf(string what) => $"drift-{settings.Id}-import-{what}";

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    /// <summary>What of the capabilities the region knows; all of them when nothing is known of it.</summary>
    private static JsonObject Schema(JsonObject region)
    {
        var schema = new JsonObject();
        foreach (var (name, value) in Capabilities)
        {
            if (region.Count > 0 && (region[name]?["values"] is not JsonArray values || !values.Any(known => (string?)known == value))) continue;
            schema[name] = new JsonObject { ["descriptorType"] = "enumstring", ["source"] = "IMAGE", ["defaultValue"] = value, ["values"] = new JsonArray(value) };
        }
        return schema;
    }
}
