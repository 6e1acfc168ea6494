// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;

namespace Drift.Oci;

/// <summary>Checks a config against its manifest and against the platform that an index lists it for.</summary>
internal static class ConfigValidator
{
    // overlayfs on a page of mount options, and with it every engine, stops here.
    private const int MaximumLayers = 127;

    public static void Validate(ImageConfig config, byte[] bytes, ImageManifest manifest, Platform? platform, string location, FindingBag findings)
    {
        var layers = manifest.Layers.Count;
        if (platform is not null && !(config.Platform.Serves(platform) && platform.Serves(config.Platform)))
        {
            findings.Error(FindingId.PlatformMismatch, location, $"The config is for {config.Platform}; the index lists the image for {platform}.");
        }
        if (config.Rootfs.DiffIds.Count != layers)
        {
            findings.Error(FindingId.DiffIdCount, location, $"The config lists {config.Rootfs.DiffIds.Count} diffIDs for {layers} layers.");
        }
        if (layers > MaximumLayers) findings.Error(FindingId.TooManyLayers, location, $"The image has {layers} layers; engines take {MaximumLayers}.");
        if (config.History is { Count: > 0 } && HistoryLayers(bytes) is { } history && history != layers)
        {
            findings.Error(FindingId.HistoryCount, location, $"The history tells of {history} layers; there are {layers}.");
        }
        if (config.OperatingSystem != "windows") CheckUser(config.Config?.User ?? "", location, findings);
    }

    private static void CheckUser(string user, string location, FindingBag findings)
    {
        var name = user.Split(':')[0];
        if (name is "" or "root" || (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == 0))
        {
            findings.Note(FindingId.RootUser, location, "The program runs as root.");
        }
        else if (!uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            findings.Note(FindingId.NamedUser, location, $"The user {name} is a name; Kubernetes' runAsNonRoot needs a number.");
        }
    }

    /// <summary>How many entries of the history made a layer. Counted in the JSON, for the member decides, whatever type reads it.</summary>
    private static int? HistoryLayers(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.TryGetProperty("history", out var history) && history.ValueKind == JsonValueKind.Array
            ? history.EnumerateArray().Count(entry => entry.ValueKind == JsonValueKind.Object && !(entry.TryGetProperty("empty_layer", out var empty) && empty.ValueKind == JsonValueKind.True))
            : null;
    }
}
