// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>The requests of Oracle's Object Storage.</summary>
internal static class OracleObjects
{
    private const string Service = "objectstorage";

    /// <summary>Asks for the tenancy's namespace; the answer is a JSON string.</summary>
    public static OracleRequest Namespace() => OracleRequest.Get(Service, "/n");

    public static OracleRequest Bucket(ObjectPlace place) => OracleRequest.Get(Service, BucketOf(place));

    /// <summary>Asks whether an object is there, and how long it is.</summary>
    public static OracleRequest Find(ObjectPlace place) => OracleRequest.Get(Service, $"{BucketOf(place)}/o?fields=name,size&prefix={OracleRequest.Escape(place.Name)}");

    public static OracleRequest Delete(ObjectPlace place) => new(HttpMethod.Delete, Service, $"{BucketOf(place)}/o/{OracleRequest.Escape(place.Name)}");

    /// <summary>Makes a link that opens one object to everyone who has it, until it expires. Its answer is the only place where the link is.</summary>
    public static OracleRequest CreateLink(ObjectPlace place, string name, DateTimeOffset expires) => new(HttpMethod.Post, Service, $"{BucketOf(place)}/p/")
    {
        Body = new JsonObject
        {
            ["name"] = name, ["accessType"] = "ObjectRead", ["objectName"] = place.Name, ["timeExpires"] = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        },
    };

    public static OracleRequest ListLinks(ObjectPlace place) => OracleRequest.Get(Service, $"{BucketOf(place)}/p/?objectNamePrefix={OracleRequest.Escape(place.Name)}");

    public static OracleRequest DeleteLink(ObjectPlace place, string id) => new(HttpMethod.Delete, Service, $"{BucketOf(place)}/p/{OracleRequest.Escape(id)}");

    public static OracleRequest StartUpload(ObjectPlace place) => new(HttpMethod.Post, Service, $"{BucketOf(place)}/u") { Body = new JsonObject { ["object"] = place.Name } };

    public static OracleRequest ListUploads(ObjectPlace place) => OracleRequest.Get(Service, $"{BucketOf(place)}/u");

    public static OracleRequest ListParts(ObjectPlace place, string upload) => OracleRequest.Get(Service, UploadOf(place, upload));

    public static OracleRequest SendPart(ObjectPlace place, string upload, int number, ReadOnlyMemory<byte> bytes) =>
        new(HttpMethod.Put, Service, string.Create(CultureInfo.InvariantCulture, $"{UploadOf(place, upload)}&uploadPartNum={number}")) { Part = bytes };

    public static OracleRequest EndUpload(ObjectPlace place, string upload, JsonArray parts) => new(HttpMethod.Post, Service, UploadOf(place, upload)) { Body = new JsonObject { ["partsToCommit"] = parts.DeepClone() } };

    public static OracleRequest DropUpload(ObjectPlace place, string upload) => new(HttpMethod.Delete, Service, UploadOf(place, upload));

    private static string BucketOf(ObjectPlace place) => $"/n/{OracleRequest.Escape(place.Namespace)}/b/{OracleRequest.Escape(place.Bucket)}";

    private static string UploadOf(ObjectPlace place, string upload) => $"{BucketOf(place)}/u/{OracleRequest.Escape(place.Name)}?uploadId={OracleRequest.Escape(upload)}";
}
