// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>The requests of Oracle's compute API that are about images.</summary>
internal static class OracleImages
{
    private const string Service = "iaas";
    private const string Images = OracleRequest.Version + "/images";
    private const string Schemas = OracleRequest.Version + "/computeImageCapabilitySchemas";
    private const string GlobalSchemas = OracleRequest.Version + "/computeGlobalImageCapabilitySchemas";

    public static OracleRequest Get(string image) => OracleRequest.Get(Service, $"{Images}/{image}");

    public static OracleRequest List(string compartment, string name) => OracleRequest.Get(Service, $"{Images}?compartmentId={compartment}&displayName={OracleRequest.Escape(name)}");

    public static OracleRequest Delete(string image) => new(HttpMethod.Delete, Service, $"{Images}/{image}");

    /// <summary>Writes an image into a bucket as an <c>.oci</c> archive, which keeps its firmware and shapes.</summary>
    public static OracleRequest Export(string image, ObjectPlace place, string token) => new(HttpMethod.Post, Service, $"{Images}/{image}/actions/export")
    {
        RetryToken = token,
        Body = new JsonObject
        {
            ["destinationType"] = "objectStorageTuple", ["namespaceName"] = place.Namespace, ["bucketName"] = place.Bucket, ["objectName"] = place.Name, ["exportFormat"] = "OCI",
        },
    };

    /// <summary>Makes an image of an <c>.oci</c> archive behind a link.</summary>
    public static OracleRequest Import(string compartment, string name, string link, JsonObject tags, string token) => new(HttpMethod.Post, Service, Images)
    {
        RetryToken = token,
        Body = new JsonObject
        {
            ["compartmentId"] = compartment,
            ["displayName"] = name,
            ["launchMode"] = "PARAVIRTUALIZED",
            ["imageSourceDetails"] = new JsonObject { ["sourceType"] = "objectStorageUri", ["sourceUri"] = link },
            ["freeformTags"] = tags.DeepClone(),
        },
    };

    public static OracleRequest AddShape(string image, string shape) => new(HttpMethod.Put, Service, $"{Images}/{image}/shapes/{OracleRequest.Escape(shape)}") { Body = new JsonObject() };

    public static OracleRequest WorkRequest(string id) => OracleRequest.Get(Service, $"{OracleRequest.Version}/workRequests/{id}");

    public static OracleRequest WorkErrors(string id) => OracleRequest.Get(Service, $"{OracleRequest.Version}/workRequests/{id}/errors");

    public static OracleRequest ListCapabilities(string compartment, string image) => OracleRequest.Get(Service, $"{Schemas}?compartmentId={compartment}&imageId={image}");

    public static OracleRequest ListGlobalCapabilities() => OracleRequest.Get(Service, GlobalSchemas);

    public static OracleRequest GlobalCapabilities(string schema, string version) => OracleRequest.Get(Service, $"{GlobalSchemas}/{schema}/versions/{OracleRequest.Escape(version)}");

    public static OracleRequest CreateCapabilities(string compartment, string image, string version, JsonObject schema, string token) => new(HttpMethod.Post, Service, Schemas)
    {
        RetryToken = token,
        Body = new JsonObject { ["compartmentId"] = compartment, ["imageId"] = image, ["computeGlobalImageCapabilitySchemaVersionName"] = version, ["schemaData"] = schema.DeepClone() },
    };
}
