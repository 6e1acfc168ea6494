// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Drift.Machines.Tests;

/// <summary>The part of AWS that a copy needs: EC2 describes one image, EBS gives the blocks of its snapshot; signatures are checked, by a second implementation.</summary>
internal sealed class ScriptedAws : ScriptedCloud
{
    public const string Image = "ami-0123456789abcdef0";
    private const string Snapshot = "snap-0feedbeef";
    private const string KeyId = "AKIDTEST", Secret = "secret/of+a+test", Region = "eu-west-1", Session = "session==";
    private const int BlockSize = 512 * 1024;
    private const int Page = 7;
    private readonly string _disk;
    private readonly long[] _blocks;

    private ScriptedAws(string disk)
    {
        _disk = disk;
        using var file = File.OpenRead(disk);
        Gibibytes = Math.Max(1, file.Length >> 30);
        var block = new byte[BlockSize];
        var blocks = new List<long>();
        for (var index = 0L; file.ReadAtLeast(block, BlockSize, throwOnEndOfStream: false) == BlockSize; index++)
        {
            if (block.AsSpan().ContainsAnyExcept((byte)0)) blocks.Add(index);
        }
        _blocks = [.. blocks];
    }

    public long Gibibytes { get; }

    public string Architecture { get; set; } = "arm64";

    public bool IsOfMarketplace { get; set; }

    /// <summary>The tags of the builders, by their ids.</summary>
    public Dictionary<string, string> Instances { get; } = new(StringComparer.Ordinal);

    /// <summary>How many of the next blocks arrive damaged.</summary>
    public int Damaged { get; set; }

    public IEnumerable<KeyValuePair<string, string?>> Variables =>
        [new("AWS_ACCESS_KEY_ID", KeyId), new("AWS_SECRET_ACCESS_KEY", Secret), new("AWS_SESSION_TOKEN", Session), new("AWS_REGION", Region), new("AWS_ENDPOINT_URL", Address)];

    protected override CloudReply Busy => Xml(503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors><RequestID>r-1</RequestID></Response>") with { Headers = [("Retry-After", "0")] };

    /// <summary>Plays the cloud that has a disk, a file of raw bytes.</summary>
    public static async Task<ScriptedAws> StartedAsync(string disk)
    {
        var cloud = new ScriptedAws(disk);
        await cloud.StartAsync();
        return cloud;
    }

    protected override CloudReply Do(HttpRequest request, byte[] body)
    {
        if (!IsSigned(request, body)) return Xml(403, "<Response><Errors><Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.</Message></Error></Errors><RequestID>r-2</RequestID></Response>");
        var path = request.Path.Value!;
        if (request.Method == "POST") return Ec2(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal));
        if (path == $"/snapshots/{Snapshot}/blocks") return List(request.Query["pageToken"]);
        var index = long.Parse(path.Split('/')[^1], CultureInfo.InvariantCulture);
        if (request.Query["blockToken"] != TokenOf(index)) return CloudReply.Json(400, new JsonObject { ["message"] = "Invalid block token" }, ("x-amzn-ErrorType", "ValidationException"));
        using var file = File.OpenRead(_disk);
        var block = new byte[BlockSize];
        RandomAccess.Read(file.SafeFileHandle, block, index * BlockSize);
        var checksum = Convert.ToBase64String(SHA256.HashData(block));
        if (Damaged-- > 0) block[17] ^= 1;
        return new CloudReply(200, block, ("x-amz-Checksum", checksum), ("x-amz-Checksum-Algorithm", "SHA256"), ("x-amz-Data-Length", $"{BlockSize}"));
    }

    private CloudReply Ec2(Dictionary<string, string> form) => form["Action"] switch
    {
        "DescribeInstances" => Xml(200, $"<R xmlns=\"urn:x\"><reservationSet><item><instancesSet>{string.Concat(Instances.Select(pair => $"<item><instanceId>{pair.Key}</instanceId><tagSet><item><key>drift-builder</key><value>{pair.Value}</value></item></tagSet></item>"))}</instancesSet></item></reservationSet></R>"),
        "TerminateInstances" => Xml(Instances.Remove(form["InstanceId.1"]) ? 200 : 400, "<R/>"),
        "DescribeSubnets" => Xml(200, "<R/>"),
        _ => Describe(form),
    };

    private CloudReply Describe(Dictionary<string, string> form) => (form["Action"], form["Version"], form.GetValueOrDefault("ImageId.1")) is ("DescribeImages", "2016-11-15", Image)
        ? Xml(200, $"""
            <DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imagesSet><item>
              <imageId>{Image}</imageId><imageState>available</imageState><architecture>{Architecture}</architecture><rootDeviceName>/dev/xvda</rootDeviceName>
              {(IsOfMarketplace ? "<productCodes><item><productCode>x</productCode></item></productCodes>" : "")}
              <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>{Snapshot}</snapshotId><volumeSize>{Gibibytes}</volumeSize></ebs></item></blockDeviceMapping>
            </item></imagesSet></DescribeImagesResponse>
            """)
        : Xml(400, "<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>The image id does not exist</Message></Error></Errors><RequestID>r-3</RequestID></Response>");

    private CloudReply List(string? token)
    {
        var start = token is null ? 0 : int.Parse(token.TrimEnd('='), CultureInfo.InvariantCulture);
        var blocks = _blocks.Skip(start).Take(Page).Select(index => new JsonObject { ["BlockIndex"] = index, ["BlockToken"] = TokenOf(index) }).ToArray<JsonNode>();
        var answer = new JsonObject { ["BlockSize"] = BlockSize, ["VolumeSize"] = Gibibytes, ["ExpiryTime"] = 1e9, ["Blocks"] = new JsonArray(blocks) };
        if (start + Page < _blocks.Length) answer["NextToken"] = string.Create(CultureInfo.InvariantCulture, $"{start + Page}==");
        return CloudReply.Json(200, answer);
    }

    private static string TokenOf(long index) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"token ?/{index}"));

    private static bool IsSigned(HttpRequest request, byte[] body)
    {
        var authorization = request.Headers.Authorization.ToString().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (authorization is not ["AWS4-HMAC-SHA256", var credential, var signed, var signature]) return false;
        var time = request.Headers["x-amz-date"].ToString();
        var service = request.Method == "POST" ? "ec2" : "ebs";
        var scope = $"{time[..8]}/{Region}/{service}/aws4_request";
        if (credential != $"Credential={KeyId}/{scope}" || signed != "SignedHeaders=host;x-amz-date;x-amz-security-token" || request.Headers["x-amz-security-token"] != Session) return false;
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?');
        var query = target.Length < 2 ? "" : string.Join('&', target[1].Split('&').Order(StringComparer.Ordinal));
        var canonical = $"{request.Method}\n{target[0]}\n{query}\nhost:{request.Host}\nx-amz-date:{time}\nx-amz-security-token:{Session}\n\nhost;x-amz-date;x-amz-security-token\n{Convert.ToHexStringLower(SHA256.HashData(body))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return signature == "Signature=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}")));
    }

    private static CloudReply Xml(int status, string text) => new(status, Encoding.UTF8.GetBytes(text));
}
