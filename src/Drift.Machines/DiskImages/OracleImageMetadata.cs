// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Machines;

/// <summary>The file <c>image_metadata.json</c> of an <c>.oci</c> archive: what Oracle's export writes and its import reads.</summary>
internal static class OracleImageMetadata
{
    public const string FileName = "image_metadata.json";

    /// <summary>The file for a machine that starts by UEFI, with paravirtualised devices.</summary>
    public static byte[] Write(OracleImageOptions options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 2);
            json.WriteStartObject("externalLaunchOptions");
            json.WriteString("firmware", "UEFI_64");
            foreach (var device in (ReadOnlySpan<string>)["networkType", "bootVolumeType", "remoteDataVolumeType", "localDataVolumeType", "launchOptionsSource"]) json.WriteString(device, "PARAVIRTUALIZED");
            json.WriteNumber("pvAttachmentVersion", 2);
            json.WriteBoolean("pvEncryptionInTransitEnabled", false);
            json.WriteBoolean("consistentVolumeNamingEnabled", false);
            json.WriteEndObject();
            json.WriteNull("imageCapabilityData");
            json.WriteNull("imageCapsFormatVersion");
            json.WriteString("operatingSystem", options.OperatingSystem);
            json.WriteString("operatingSystemVersion", options.OperatingSystemVersion);
            json.WriteStartObject("additionalMetadata");
            json.WriteStartArray("shapeCompatibilities");
            foreach (var shape in options.Shapes)
            {
                json.WriteStartObject();
                json.WriteString("internalShapeName", shape);
                json.WriteNull("ocpuConstraints");
                json.WriteNull("memoryConstraints");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
