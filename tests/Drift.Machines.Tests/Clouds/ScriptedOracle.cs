// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Drift.Machines.Tests;

/// <summary>
/// The part of Oracle's cloud that images, objects, links and builders need: two tenancies, signatures that are checked, tokens by which the same
/// is done once, and things that take their time.
/// </summary>
internal sealed class ScriptedOracle : ScriptedCloud
{
    private const string Api = "/20160918";
    private const int Polls = 2;
    private readonly Dictionary<string, (string Body, CloudReply Reply)> _tokens = new(StringComparer.Ordinal);
    private int _last;

    private ScriptedOracle()
    {
    }

    public OracleUser Build { get; } = new("build");

    public OracleUser Production { get; } = new("production");

    /// <summary>The images by their OCIDs.</summary>
    public Dictionary<string, JsonObject> Images { get; } = new(StringComparer.Ordinal);

    /// <summary>The bytes of the objects in the only bucket, by their names.</summary>
    public Dictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>The links by their ids.</summary>
    public Dictionary<string, JsonObject> Links { get; } = new(StringComparer.Ordinal);

    /// <summary>The parts of uploads that are not ended, by the uploads' ids.</summary>
    public Dictionary<string, (string Object, SortedDictionary<int, byte[]> Parts)> Uploads { get; } = new(StringComparer.Ordinal);

    /// <summary>The work requests by their ids.</summary>
    public Dictionary<string, JsonObject> Work { get; } = new(StringComparer.Ordinal);

    /// <summary>The capabilities of images.</summary>
    public List<JsonObject> Capabilities { get; } = [];

    /// <summary>The secrets of all links that were ever made.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>The machines by their OCIDs.</summary>
    public Dictionary<string, JsonObject> Instances { get; } = new(StringComparer.Ordinal);

    /// <summary>What the capacity report says of each availability domain, the first answers first; REFUSED is no answer.</summary>
    public Dictionary<string, Queue<string>> Capacity { get; } = new(StringComparer.Ordinal) { ["Uocm:UK-1-AD-1"] = new(["AVAILABLE"]), ["Uocm:UK-1-AD-2"] = new(["AVAILABLE"]) };

    /// <summary>How the next exports fail; an export without a fault succeeds.</summary>
    public string? ExportProblem { get; set; }

    /// <summary>How the next imports fail.</summary>
    public string? ImportProblem { get; set; }

    /// <summary>How many questions for a new image are answered as if there were none.</summary>
    public int Unseen { get; set; }

    /// <summary>The size of the block volumes, beside boot volumes of 50 GB in each of two domains.</summary>
    public int VolumeGigabytes { get; set; } = 50;

    /// <summary>What a clock of the cloud's is ahead by.</summary>
    public TimeSpan Ahead { get; set; }

    protected override CloudReply Busy => CloudReply.Refuse(429, "TooManyRequests", "Too many requests for the user") with { Headers = [("Retry-After", "0")] };

    public static async Task<ScriptedOracle> StartedAsync()
    {
        var cloud = new ScriptedOracle();
        await cloud.StartAsync();
        return cloud;
    }

    /// <summary>What tells the tool of the cloud and of both users.</summary>
    public Dictionary<string, string?> Variables() => new([.. Build.Variables("BUILD_OCI_"), .. Production.Variables("PROD_OCI_"), new("DRIFT_ORACLE_URL", Address)], StringComparer.Ordinal);

    /// <summary>Adds a custom image to the tenancy that builds.</summary>
    public string AddImage(Action<JsonObject>? change = null)
    {
        var image = new JsonObject { ["id"] = NewId("image"), ["compartmentId"] = Build.Compartment, ["lifecycleState"] = "AVAILABLE", ["displayName"] = "base-20260101" };
        change?.Invoke(image);
        Images.Add((string)image["id"]!, image);
        return (string)image["id"]!;
    }

    protected override CloudReply Do(HttpRequest request, byte[] body)
    {
        if (Identify(request, body) is not { } user) return CloudReply.Refuse(401, "NotAuthenticated", "The required information to complete authentication was not provided or was incorrect.") with { Headers = [("opc-request-id", "REQUEST-7"), ("Date", (TimeProvider.System.GetUtcNow() + Ahead).ToString("R"))] };
        var token = request.Headers["opc-retry-token"].ToString();
        var content = Encoding.UTF8.GetString(body);
        if (token.Length > 64) return CloudReply.Refuse(400, "InvalidParameter", "the token is too long");
        if (token.Length > 0 && _tokens.TryGetValue(token, out var done)) return done.Body == content ? done.Reply : CloudReply.Refuse(409, "InvalidatedRetryToken", "The token was used with another request.");
        var reply = Route(request, body, user);
        if (token.Length > 0 && reply.Status < 300) _tokens[token] = (content, reply);
        return reply;
    }

    private CloudReply Route(HttpRequest request, byte[] body, OracleUser user)
    {
        var path = request.Path.Value!;
        var json = body.Length > 0 && request.ContentType == "application/json" ? JsonNode.Parse(body) as JsonObject ?? [] : [];
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method, parts) switch
        {
            ("GET", ["n"]) => CloudReply.Json(200, JsonValue.Create("space")),
            (_, ["n", "space", "b", "images", .. var rest]) => Storage(request, rest, json, body),
            ("GET", ["20160918", "images"]) => CloudReply.Json(200, new JsonArray([.. Images.Values.Where(image => (string?)image["compartmentId"] == request.Query["compartmentId"] && (string?)image["displayName"] == request.Query["displayName"]).Select(image => image.DeepClone())])),
            ("POST", ["20160918", "images"]) => Import(json, user),
            (_, ["20160918", "images", var id, .. var rest]) => Images.TryGetValue(id, out var image) ? Image(request.Method, image, rest, json) : NotFound(),
            ("GET", ["20160918", "workRequests", var id]) => Work.TryGetValue(id, out var work) ? CloudReply.Json(200, Advance(work)) : NotFound(),
            ("GET", ["20160918", "workRequests", _, "errors"]) => CloudReply.Json(200, new JsonArray(new JsonObject { ["code"] = "Failure", ["message"] = ExportProblem ?? ImportProblem })),
            ("GET", ["20160918", "computeGlobalImageCapabilitySchemas"]) => CloudReply.Json(200, new JsonArray(new JsonObject { ["id"] = "global", ["currentVersionName"] = "v1" })),
            ("GET", ["20160918", "computeGlobalImageCapabilitySchemas", "global", "versions", "v1"]) => CloudReply.Json(200, new JsonObject { ["schemaData"] = new JsonObject { ["Compute.Firmware"] = new JsonObject { ["values"] = new JsonArray("BIOS", "UEFI_64") } } }),
            ("GET", ["20160918", "computeImageCapabilitySchemas"]) => CloudReply.Json(200, new JsonArray([.. Capabilities.Where(schema => (string?)schema["imageId"] == request.Query["imageId"]).Select(schema => schema.DeepClone())])),
            ("POST", ["20160918", "computeImageCapabilitySchemas"]) => Add(json),
            ("GET", ["20160918", "availabilityDomains"]) => CloudReply.Json(200, new JsonArray([.. Capacity.Keys.Select(name => new JsonObject { ["name"] = name })])),
            ("GET", ["20160918", "subnets", var subnet]) => CloudReply.Json(200, new JsonObject { ["lifecycleState"] = "AVAILABLE", ["prohibitPublicIpOnVnic"] = subnet.EndsWith("private", StringComparison.Ordinal) }),
            ("GET", ["20160918", "volumes"]) => CloudReply.Json(200, new JsonArray(new JsonObject { ["sizeInGBs"] = VolumeGigabytes, ["lifecycleState"] = "AVAILABLE" }, new JsonObject { ["sizeInGBs"] = 500, ["lifecycleState"] = "TERMINATED" })),
            ("GET", ["20160918", "bootVolumes"]) => CloudReply.Json(200, new JsonArray(new JsonObject { ["sizeInGBs"] = 50, ["lifecycleState"] = "AVAILABLE" })),
            ("GET", ["20160918", "instances"]) => CloudReply.Json(200, new JsonArray([.. Instances.Values.Select(instance => instance.DeepClone())])),
            ("DELETE", ["20160918", "instances", var instance]) => CloudReply.Json(Instances.Remove(instance) ? 204 : 404, null),
            ("POST", ["20160918", "computeCapacityReports"]) => Report(Capacity[(string)json["availabilityDomain"]!]),
            _ => NotFound(),
        };
    }

    /// <summary>Adds a machine.</summary>
    public void AddInstance(string? tag, double cores = 1, double memory = 6)
    {
        var id = NewId("instance");
        var tags = new JsonObject();
        if (tag is not null) tags["drift-builder"] = tag;
        Instances.Add(id, new JsonObject { ["id"] = id, ["displayName"] = id, ["lifecycleState"] = "RUNNING", ["shape"] = "VM.Standard.A1.Flex", ["shapeConfig"] = new JsonObject { ["ocpus"] = cores, ["memoryInGBs"] = memory }, ["freeformTags"] = tags });
    }

    private static CloudReply Report(Queue<string> states)
    {
        var state = states.Count > 1 ? states.Dequeue() : states.Peek();
        return state == "REFUSED" ? NotFound() : CloudReply.Json(200, new JsonObject { ["shapeAvailabilities"] = new JsonArray(new JsonObject { ["availabilityStatus"] = state }) });
    }

    private CloudReply Image(string method, JsonObject image, string[] rest, JsonObject json)
    {
        switch (method, rest)
        {
            case ("GET", []) when (string?)image["lifecycleState"] is "IMPORTING" && Unseen-- > 0:
                return NotFound();
            case ("GET", []):
                if ((string?)image["lifecycleState"] is "IMPORTING" && (image["polls"] = (int?)image["polls"] + 1 ?? 1) is { } polls && (int)polls! > Polls) image["lifecycleState"] = ImportProblem is null ? "AVAILABLE" : "DELETED";
                return CloudReply.Json(200, image.DeepClone());
            case ("DELETE", []):
                Images.Remove((string)image["id"]!);
                return CloudReply.Json(204, null);
            case ("POST", ["actions", "export"]):
                if ((string?)image["compartmentId"] is null) return CloudReply.Refuse(400, "InvalidParameter", "Platform images cannot be exported");
                var work = new JsonObject { ["id"] = NewId("coreservicesworkrequest"), ["status"] = "IN_PROGRESS", ["percentComplete"] = 0, ["object"] = (string?)json["objectName"] };
                Work.Add((string)work["id"]!, work);
                return CloudReply.Json(200, image.DeepClone(), ("opc-work-request-id", (string)work["id"]!));
            case ("PUT", ["shapes", var shape]):
                var shapes = image["shapes"] as JsonArray ?? [];
                if (!shapes.Any(item => (string?)item == shape)) shapes.Add(shape);
                image["shapes"] = shapes.DeepClone();
                return CloudReply.Json(200, new JsonObject { ["shape"] = shape });
            default:
                return NotFound();
        }
    }

    private JsonObject Advance(JsonObject work)
    {
        if ((string?)work["status"] != "IN_PROGRESS") return (JsonObject)work.DeepClone();
        work["percentComplete"] = (int)work["percentComplete"]! + 45;
        if ((int)work["percentComplete"]! < 90) return (JsonObject)work.DeepClone();
        // Part of the object is there whether it succeeds or not.
        Objects[(string)work["object"]!] = new byte[1234];
        work["status"] = ExportProblem is null ? "SUCCEEDED" : "FAILED";
        return (JsonObject)work.DeepClone();
    }

    private CloudReply Import(JsonObject json, OracleUser user)
    {
        var source = new Uri((string)json["imageSourceDetails"]!["sourceUri"]!);
        if ((string?)json["compartmentId"] != user.Compartment) return NotFound();
        if (!Links.Values.Any(link => (string?)link["accessUri"] == source.AbsolutePath && Objects.ContainsKey((string)link["objectName"]!))) return CloudReply.Refuse(400, "InvalidParameter", $"Invalid source {source}");
        var image = new JsonObject { ["id"] = NewId("image"), ["compartmentId"] = user.Compartment, ["displayName"] = (string?)json["displayName"], ["lifecycleState"] = "IMPORTING", ["freeformTags"] = json["freeformTags"]?.DeepClone() };
        Images.Add((string)image["id"]!, image);
        var work = new JsonObject { ["id"] = NewId("coreservicesworkrequest"), ["status"] = "SUCCEEDED" };
        Work.Add((string)work["id"]!, work);
        return CloudReply.Json(200, image.DeepClone(), ("opc-work-request-id", (string)work["id"]!));
    }

    private CloudReply Add(JsonObject schema)
    {
        Capabilities.Add(schema);
        return CloudReply.Json(200, schema.DeepClone());
    }

    private CloudReply Storage(HttpRequest request, string[] rest, JsonObject json, byte[] body)
    {
        switch (request.Method, rest)
        {
            case ("GET", []):
                return CloudReply.Json(200, new JsonObject { ["name"] = "images" });
            case ("GET", ["o"]):
                return CloudReply.Json(200, new JsonObject { ["objects"] = new JsonArray([.. Objects.Where(item => item.Key.StartsWith(request.Query["prefix"]!, StringComparison.Ordinal)).Select(item => new JsonObject { ["name"] = item.Key, ["size"] = item.Value.Length })]) });
            case ("DELETE", ["o", var name]):
                return Objects.Remove(name) ? CloudReply.Json(204, null) : CloudReply.Refuse(404, "ObjectNotFound", "no such object");
            case ("GET", ["p"]):
                return CloudReply.Json(200, new JsonArray([.. Links.Values.Select(link => new JsonObject { ["id"] = (string?)link["id"], ["name"] = (string?)link["name"], ["objectName"] = (string?)link["objectName"] })]));
            case ("POST", ["p"]):
                var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
                Secrets.Add(secret);
                json["id"] = $"{NewId("par")}/x=:{_last}";
                json["accessUri"] = $"/p/{secret}/n/space/b/images/o/{(string?)json["objectName"]}";
                Links.Add((string)json["id"]!, json);
                return CloudReply.Json(200, json.DeepClone());
            case ("DELETE", ["p", .. var id]):
                return Links.Remove(Uri.UnescapeDataString(string.Join('/', id))) ? CloudReply.Json(204, null) : CloudReply.Refuse(404, "NotFound", "no such link");
            case ("GET", ["u"]):
                return CloudReply.Json(200, new JsonArray([.. Uploads.Select(upload => new JsonObject { ["uploadId"] = upload.Key, ["object"] = upload.Value.Object })]));
            case ("POST", ["u"]):
                var started = NewId("upload");
                Uploads.Add(started, ((string)json["object"]!, []));
                return CloudReply.Json(200, new JsonObject { ["uploadId"] = started });
            case (_, ["u", _]) when Uploads.TryGetValue(request.Query["uploadId"]!, out var upload):
                return Upload(request, upload, json, body);
            default:
                return NotFound();
        }
    }

    private CloudReply Upload(HttpRequest request, (string Object, SortedDictionary<int, byte[]> Parts) upload, JsonObject json, byte[] body)
    {
        var id = request.Query["uploadId"].ToString();
        switch (request.Method)
        {
            case "GET":
                return CloudReply.Json(200, new JsonArray([.. upload.Parts.Select(part => new JsonObject { ["partNumber"] = part.Key, ["size"] = part.Value.Length, ["etag"] = TagOf(part.Value) })]));
            case "PUT":
#pragma warning disable CA5351 // What Object Storage checks.
                if (request.Headers.ContentMD5 != Convert.ToBase64String(MD5.HashData(body))) return CloudReply.Refuse(400, "UnmatchedContentMD5", "the part arrived damaged");
#pragma warning restore CA5351
                upload.Parts[int.Parse(request.Query["uploadPartNum"]!, CultureInfo.InvariantCulture)] = body;
                return CloudReply.Json(200, null, ("ETag", TagOf(body)));
            case "POST":
                var parts = json["partsToCommit"]!.AsArray();
                if (!parts.Select(part => ((int)part!["partNum"]!, (string)part["etag"]!)).SequenceEqual(upload.Parts.Select(part => (part.Key, TagOf(part.Value))))) return CloudReply.Refuse(400, "InvalidUploadPart", "other parts");
                Objects[upload.Object] = [.. upload.Parts.Values.SelectMany(static part => part)];
                Uploads.Remove(id);
                return CloudReply.Json(200, null);
            default:
                Uploads.Remove(id);
                return CloudReply.Json(204, null);
        }
    }

    private OracleUser? Identify(HttpRequest request, byte[] body)
    {
        var values = request.Headers.Authorization.ToString() is ['S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', ' ', .. var text]
            ? text.Split(',').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim('"'), StringComparer.Ordinal) : [];
        if (Array.Find([Build, Production], user => user.KeyId == values.GetValueOrDefault("keyId")) is not { } user || values["algorithm"] != "rsa-sha256" || values["version"] != "1") return null;
        var isPart = request.ContentType == "application/octet-stream";
        var wanted = request.Method is "POST" or "PUT" && !isPart ? "date (request-target) host content-length content-type x-content-sha256" : "date (request-target) host";
        if (values["headers"] != wanted) return null;
        var target = request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var signed = string.Join('\n', wanted.Split(' ').Select(name => $"{name}: {(name == "(request-target)" ? $"{request.Method.ToLowerInvariant()} {target}" : request.Headers[name].ToString())}"));
        var isRight = user.Key.VerifyData(Encoding.UTF8.GetBytes(signed), Convert.FromBase64String(values["signature"]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            && (isPart || request.Method is not ("POST" or "PUT") || request.Headers["x-content-sha256"] == Convert.ToBase64String(SHA256.HashData(body)));
        var date = DateTimeOffset.Parse(request.Headers.Date.ToString(), CultureInfo.InvariantCulture);
        return isRight && (TimeProvider.System.GetUtcNow() + Ahead - date).Duration() < TimeSpan.FromMinutes(5) ? user : null;
    }

    private static string TagOf(byte[] part) => Convert.ToHexStringLower(SHA256.HashData(part))[..16];

    private string NewId(string kind) => string.Create(CultureInfo.InvariantCulture, $"ocid1.{kind}.oc1.uk-london-1.{++_last}");

    private static CloudReply NotFound() => CloudReply.Refuse(404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
}
